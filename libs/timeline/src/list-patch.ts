import { compareMoments, type Moment, type Placed } from '#iov';
import { LONGEST_ROW } from './arrived-rows.js';
import { partitionPoint } from './partition-point.js';
import { type PatchedRange, rangeWith, withRange } from './patched-range.js';
import { type TimelineRow } from './timeline-row.js';

interface PatchRow extends Placed {
  /** JSON text, as it came. */
  readonly json: string | Buffer;
}

/** Objects of a row and of a range, about. */
const ROW_BYTES = 500;
const RANGE_BYTES = 300;

/** What has changed in one list since the base was built. */
export class ListPatch {
  private constructor(
    private readonly ranges: readonly PatchedRange[],
    /** Sorted by start, no two alike. */
    readonly rows: readonly PatchRow[],
  ) {}

  /** A list in which nothing has changed. */
  static readonly NONE = new ListPatch([], []);

  /** A whole list, of which the base has nothing that counts. */
  static whole(rows: Iterable<TimelineRow>): ListPatch {
    return new ListPatch([], patchRows(rows));
  }

  /**
   * With `rows` in place of all that starts in `range`, in the base and in this patch.
   * @param startOf the start of a row of the base
   * @throws RangeError for a row that does not start in the range
   */
  with(
    range: PatchedRange,
    rows: Iterable<TimelineRow>,
    startOf: (row: number) => Moment,
  ): ListPatch {
    const added = patchRows(rows);
    if (!added.every(({ start }) => rangeWith([range], start) !== undefined)) {
      throw new RangeError('a row starts outside of the range it is to be put in');
    }
    const from = this.startedBy(range.first, false);
    const to = this.startedBy(range.last, true);
    return new ListPatch(withRange(this.ranges, range, startOf), [
      ...this.rows.slice(0, from),
      ...added,
      ...this.rows.slice(to),
    ]);
  }

  /** An estimate. */
  get bytes(): number {
    return this.rows.length * ROW_BYTES + this.ranges.length * RANGE_BYTES;
  }

  row(index: number): PatchRow {
    const row = this.rows[index];
    if (row === undefined) throw new RangeError(`no row ${index} in the patch`);
    return row;
  }

  /** How many rows start before `moment`, or at it if `including`. */
  startedBy(moment: Moment, including: boolean): number {
    return partitionPoint(this.rows.length, (index) => {
      const order = compareMoments(this.row(index).start, moment);
      return order < 0 || (order === 0 && including);
    });
  }

  /** The range in which a row of the base with this start does not count, if any. */
  rangeWith(start: Moment): PatchedRange | undefined {
    return rangeWith(this.ranges, start);
  }
}

/** Sorted by start, which they mostly are; of several with one start the one with the highest id. */
function patchRows(rows: Iterable<TimelineRow>): PatchRow[] {
  const all = Array.from(rows, ({ id, start, end, json }): PatchRow => ({
    id,
    start,
    end,
    json: textOf(json),
  }));
  const isBeforeNext = (row: PatchRow, i: number): boolean => {
    const next = all[i + 1];
    return next === undefined || compareMoments(row.start, next.start) < 0;
  };
  if (all.every(isBeforeNext)) return all;
  all.sort((a, b) => compareMoments(a.start, b.start) || (a.id < b.id ? -1 : 1));
  return all.filter(isBeforeNext);
}

function textOf(json: string | Uint8Array): string | Buffer {
  const length = typeof json === 'string' ? Buffer.byteLength(json) : json.length;
  if (length > LONGEST_ROW) throw new RangeError('a row has up to 65,535 bytes');
  // Bytes are copied: memory that was read from a socket is likely to be used again.
  return typeof json === 'string' ? json : Buffer.from(json);
}
