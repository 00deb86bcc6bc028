import { Int64, Name, NameOf, Text } from '../http/fields.js';

export class StatusBody {
  @Name({
    description: 'unlocked, locked and frozen are there from the start.',
    example: 'obsolete',
  })
  name: string;
}

export class PayloadTypeBody {
  @Name({ description: 'Unique name.', example: 'TPC_Noise' })
  name: string;

  @Text({
    description: 'What it holds.',
    optional: true,
    nullable: true,
    blank: true,
    example: 'Noise of each pad',
  })
  description?: string | null;
}

export class GlobalTagBody {
  @Name({ description: 'Unique name.', example: 'MyExperiment_2026_v2' })
  name: string;

  @NameOf({ description: 'Name of the status.', example: 'unlocked' })
  status: string;

  @Text({
    description: 'Who answers for it.',
    max: 80,
    optional: true,
    nullable: true,
    blank: true,
    example: 'calibration group',
  })
  author?: string | null;

  @Text({
    description: 'What it is for.',
    optional: true,
    nullable: true,
    blank: true,
    example: 'First look at the data of 2026',
  })
  description?: string | null;
}

export class PayloadListBody {
  @NameOf({ description: 'Name of the payload type.', example: 'BeamSpot' })
  payload_type: string;

  @Text({
    description: 'What it is for.',
    optional: true,
    nullable: true,
    blank: true,
    example: 'A second try',
  })
  description?: string | null;
}

export class ListAttachBody {
  @NameOf({ description: 'Name of the global tag.', example: 'DEMO_2026_online' })
  global_tag: string;

  @NameOf({ description: 'Name of the payload list.', max: 255, example: 'BeamSpot_1' })
  payload_list: string;
}

export class PayloadIovBody {
  @Text({ description: 'Where the file is.', example: 'my/BeamSpot/run001250.root' })
  payload_url: string;

  @Text({ description: 'Checksum of the file.', example: 'd41d8cd98f00b204e9800998ecf8427e' })
  checksum: string;

  @Int64({ description: 'Major part of the start.', example: 0 })
  major_iov: bigint;

  @Int64({ description: 'Minor part of the start.', example: 1250 })
  minor_iov: bigint;

  @Int64({
    description: 'Major part of the end; absent: 9223372036854775807.',
    optional: true,
    nullable: true,
    example: 0,
  })
  major_iov_end?: bigint | null;

  @Int64({
    description:
      'Minor part of the end; absent: 9223372036854775807. With both absent the end is open.',
    optional: true,
    nullable: true,
    example: 1300,
  })
  minor_iov_end?: bigint | null;

  @Int64({ description: 'Size of the file, bytes.', optional: true, nullable: true, example: 4096 })
  size?: bigint | null;

  @Text({
    description: 'Revision of the file.',
    optional: true,
    nullable: true,
    blank: true,
    example: '3',
  })
  revision?: string | null;

  @Text({
    description: 'The same as `revision`.',
    optional: true,
    nullable: true,
    blank: true,
    example: '3',
  })
  extra?: string | null;
}

/** A row of `bulk_piov`. It is read by hand (`bulk-rows.ts`); this class states its shape. */
export class BulkRow {
  @NameOf({ description: 'Name of the payload list.', max: 255, example: 'BeamSpot_1' })
  payload_list: string;

  @Text({ description: 'Where the file is.', example: 'my/BeamSpot/run001250.root' })
  payload_url: string;

  @Text({
    description: 'Checksum of the file.',
    optional: true,
    nullable: true,
    blank: true,
    example: 'd41d8cd98f00b204e9800998ecf8427e',
  })
  checksum?: string | null;

  @Int64({ description: 'Major part of the start.', example: 0 })
  major_iov: bigint;

  @Int64({ description: 'Minor part of the start.', example: 1250 })
  minor_iov: bigint;

  @Int64({
    description: 'Major part of the end; absent: 9223372036854775807.',
    optional: true,
    nullable: true,
    example: 0,
  })
  major_iov_end?: bigint | null;

  @Int64({
    description:
      'Minor part of the end; absent: 9223372036854775807. With both absent: until the next start.',
    optional: true,
    nullable: true,
    example: 1300,
  })
  minor_iov_end?: bigint | null;

  @Int64({ description: 'Size of the file, bytes.', optional: true, nullable: true, example: 4096 })
  size?: bigint | null;

  @Text({
    description: 'Revision of the file.',
    optional: true,
    nullable: true,
    blank: true,
    example: '3',
  })
  revision?: string | null;

  @Text({
    description: 'The same as `revision`.',
    optional: true,
    nullable: true,
    blank: true,
    example: '3',
  })
  extra?: string | null;
}

export class IovAttachBody {
  @NameOf({ description: 'Name of the payload list.', max: 255, example: 'BeamSpot_1' })
  payload_list: string;

  @Int64({ description: 'Number of the payload, as `piov` answered it.', example: 1 })
  piov_id: bigint;
}
