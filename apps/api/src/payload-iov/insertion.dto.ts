import { ApiProperty } from '@nestjs/swagger';
import { isOpenEnd, type Interval, type Moment } from '#iov';
import { COUNT, INT64 } from '../http/integers.js';
import { MomentView } from './payload-iov.dto.js';
import { type InsertionOutcome, type PayloadInsertion } from './insertion.js';

class IntervalView {
  @ApiProperty({ description: 'First moment.', type: MomentView })
  from: Moment;

  @ApiProperty({ description: 'End; null: open.', type: MomentView, nullable: true })
  until: Moment | null;
}

class AddedView extends IntervalView {
  @ApiProperty({
    description: 'Number of the new payload; null in a dry run.',
    ...INT64,
    nullable: true,
    example: 541,
  })
  id: bigint | null;

  @ApiProperty({
    description: 'The list it is in; null in a dry run, if it would be made for it.',
    type: String,
    nullable: true,
    example: 'BeamSpot_1',
  })
  payload_list: string | null;

  @ApiProperty({ description: 'Where the file is.', example: 'my/BeamSpot/run001250.root' })
  payload_url: string;

  @ApiProperty({
    description: 'false if a later payload of the same request took its whole interval.',
    example: true,
  })
  attached: boolean;
}

class DetachedView extends IntervalView {
  @ApiProperty({ description: 'Number of the payload.', ...INT64, example: 6 })
  id: bigint;
}

class TrimmedView {
  @ApiProperty({ description: 'Number of the payload.', ...INT64, example: 6 })
  id: bigint;

  @ApiProperty({ description: 'Its interval before.', type: IntervalView })
  before: IntervalView;

  @ApiProperty({ description: 'Its interval now.', type: IntervalView })
  now: IntervalView;
}

class SplitView extends IntervalView {
  @ApiProperty({
    description: 'Number of the new piece; null in a dry run.',
    ...INT64,
    nullable: true,
    example: 542,
  })
  id: bigint | null;

  @ApiProperty({
    description: 'The payload it is a piece of; null in a dry run, if new.',
    ...INT64,
    nullable: true,
    example: 6,
  })
  of: bigint | null;
}

/** What an insertion changed, or in a dry run would change. */
export class InsertionView {
  @ApiProperty({ description: 'true: nothing was changed.', example: false })
  dry_run: boolean;

  @ApiProperty({ description: 'The new payloads, in the order of the request.', type: [AddedView] })
  added: AddedView[];

  @ApiProperty({
    description: 'Payloads that no longer answer anywhere and left their list; the first thousand.',
    type: [DetachedView],
  })
  detached: DetachedView[];

  @ApiProperty({ description: 'How many payloads left their list.', ...COUNT, example: 0 })
  detached_count: number;

  @ApiProperty({ description: 'Payloads whose interval became shorter.', type: [TrimmedView] })
  trimmed: TrimmedView[];

  @ApiProperty({ description: 'Further pieces of payloads that were split.', type: [SplitView] })
  split: SplitView[];
}

export function insertionView(
  outcome: InsertionOutcome,
  batch: readonly PayloadInsertion[],
  dryRun: boolean,
): InsertionView {
  const made = new Set(outcome.added.map(({ id }) => id));
  const lasting = (id: bigint): bigint | null => (dryRun && made.has(id) ? null : id);
  return {
    dry_run: dryRun,
    added: outcome.added.map(({ id, interval }, position) => {
      const { payload, list, ...asked } = batch[position] as PayloadInsertion;
      return {
        id: lasting(id),
        payload_list: dryRun && list.isNew === true ? null : list.name,
        payload_url: typeof payload === 'bigint' ? '' : payload.payloadUrl,
        ...intervalView(interval ?? asked),
        attached: interval !== null,
      };
    }),
    detached: outcome.detached.map(({ id, ...interval }) => ({ id, ...intervalView(interval) })),
    detached_count: outcome.detachedCount,
    trimmed: outcome.trimmed.map(({ id, from, to }) => ({
      id,
      before: intervalView(from),
      now: intervalView(to),
    })),
    split: outcome.split.map(({ id, of, interval }) => ({
      id: dryRun ? null : id,
      of: lasting(of),
      ...intervalView(interval),
    })),
  };
}

function intervalView({ start, end }: Interval): { from: Moment; until: Moment | null } {
  return { from: start, until: isOpenEnd(end) ? null : end };
}
