import { ApiProperty } from '@nestjs/swagger';
import { COUNT, INT64 } from '../http/integers.js';
import { DJANGO_TIME } from './django-time.js';

/** What a payload is and when it is valid. */
class IovFields {
  @ApiProperty({ description: 'Where the file is.', example: 'demo/BeamSpot/run001250_v1.root' })
  payload_url: string;

  @ApiProperty({
    description: 'Checksum of the file.',
    example: 'd41d8cd98f00b204e9800998ecf8427e',
  })
  checksum: string;

  @ApiProperty({
    description: 'Size of the file, bytes.',
    ...INT64,
    nullable: true,
    example: 4096,
  })
  size: bigint | null;

  @ApiProperty({ description: 'Major part of the start.', ...INT64, example: 0 })
  major_iov: bigint;

  @ApiProperty({ description: 'Minor part of the start.', ...INT64, example: 1250 })
  minor_iov: bigint;

  @ApiProperty({
    description: 'Major part of the end; 9223372036854775807 if it is open.',
    ...INT64,
    example: 0,
  })
  major_iov_end: bigint;

  @ApiProperty({
    description: 'Minor part of the end; 9223372036854775807 if it is open.',
    ...INT64,
    example: 1300,
  })
  minor_iov_end: bigint;

  @ApiProperty({
    description: 'Revision of the file.',
    type: String,
    nullable: true,
    example: '1',
  })
  revision: string | null;
}

/** A stored payload, without what the two lists of payloads add. */
class StoredIov extends IovFields {
  @ApiProperty({ description: 'Number of the payload.', ...INT64, example: 1 })
  id: bigint;

  @ApiProperty({
    description: 'The list it is in; null while it is detached.',
    type: String,
    nullable: true,
    example: 'BeamSpot_1',
  })
  payload_list: string | null;

  @ApiProperty({ description: 'When it was stored.', ...DJANGO_TIME })
  inserted: string;
}

/** A payload. */
export class IovRow extends StoredIov {
  @ApiProperty({
    description: 'Its start as one sortable number: major + minor / 10^19, exact.',
    pattern: String.raw`^\d+\.\d{19}$`,
    example: '0.0000000000000001250',
  })
  comb_iov: string;
}

/** A payload in browse mode: with the names of its global tag and type. */
export class BrowsedIov extends StoredIov {
  @ApiProperty({
    description: 'The global tag of its list, if any.',
    type: String,
    nullable: true,
    example: 'DEMO_2026_online',
  })
  global_tag: string | null;

  @ApiProperty({
    description: 'What it holds; null while it is detached.',
    type: String,
    nullable: true,
    example: 'BeamSpot',
  })
  payload_type: string | null;
}

/** A payload that answers, with `shape=dict`. */
export class LatestIov extends IovFields {
  @ApiProperty({ description: 'What it holds.', example: 'BeamSpot' })
  payload_type_name: string;
}

/** The schema of a payload that answers as a row: its fields by their positions. */
export const LATEST_ROW = {
  type: 'array',
  description:
    'Payload type, URL, checksum, size, start (major, minor), end (major, minor), revision.',
  prefixItems: [
    { title: 'payload_type_name', type: 'string' },
    { title: 'payload_url', type: 'string' },
    { title: 'checksum', type: 'string' },
    { title: 'size', type: ['integer', 'null'] },
    { title: 'major_iov', ...INT64 },
    { title: 'minor_iov', ...INT64 },
    { title: 'major_iov_end', ...INT64 },
    { title: 'minor_iov_end', ...INT64 },
    { title: 'revision', type: ['string', 'null'] },
  ],
  items: {},
  minItems: 9,
  maxItems: 9,
} as const;

/** What a bulk insertion did. */
export class BulkOutcome {
  @ApiProperty({ description: 'How many payloads were inserted.', ...COUNT, example: 1 })
  inserted: number;

  @ApiProperty({ description: 'How many payloads left their lists.', ...COUNT, example: 0 })
  detached: number;
}
