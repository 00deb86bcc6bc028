import {
  compareMoments,
  effectiveAt,
  isOpenEnd,
  type IovMode,
  latestStart,
  type Moment,
  predecessor,
  successor,
} from '#iov';
import { type TimelineList, type TimelineRow } from '../src/index.js';

/** A row whose nine values are known apart. */
export interface ModelRow extends TimelineRow {
  readonly fields: readonly string[];
}

interface ModelList extends TimelineList {
  readonly rows: readonly ModelRow[];
}

const KEYS = [
  'payload_type_name',
  'payload_url',
  'checksum',
  'size',
  'major_iov',
  'minor_iov',
  'major_iov_end',
  'minor_iov_end',
  'revision',
] as const;

/** What a timeline answers, found by reading every row. */
export class TimelineModel {
  readonly lists: readonly ModelList[];

  constructor(lists: readonly ModelList[]) {
    this.lists = lists.toSorted(
      (a, b) =>
        Buffer.compare(Buffer.from(a.payloadType), Buffer.from(b.payloadType)) ||
        (a.id < b.id ? -1 : 1),
    );
  }

  withList(list: TimelineList, rows: readonly ModelRow[]): TimelineModel {
    return new TimelineModel([...this.withoutList(list.id).lists, { ...list, rows }]);
  }

  withoutList(id: bigint): TimelineModel {
    return new TimelineModel(this.lists.filter((list) => list.id !== id));
  }

  withRange(id: bigint, first: Moment, last: Moment, rows: readonly ModelRow[]): TimelineModel {
    const outside = ({ start }: ModelRow): boolean =>
      compareMoments(start, first) < 0 || compareMoments(start, last) > 0;
    return new TimelineModel(
      this.lists.map((list) =>
        list.id === id ? { ...list, rows: [...list.rows.filter(outside), ...rows] } : list,
      ),
    );
  }

  rows(at: Moment): string {
    return `[${this.latest(at)
      .map((row) => String(row.json))
      .join(',')}]`;
  }

  dict(at: Moment): string {
    const objects = this.latest(at).map(
      ({ fields }) => `{${KEYS.map((key, i) => `"${key}":${fields[i] ?? ''}`).join(',')}}`,
    );
    return `[${objects.join(',')}]`;
  }

  /** By list the id of what is valid, or null. */
  valid(at: Moment, mode: IovMode): (bigint | null)[] {
    return this.lists.map(({ rows }) => effectiveAt(rows, at, mode)?.id ?? null);
  }

  /** Every moment at which an answer can begin or end, in order. */
  boundaries(): Moment[] {
    const all = this.lists.flatMap(({ rows }) =>
      rows.flatMap(({ start, end }) => [start, end, ...(isOpenEnd(end) ? [] : [successor(end)])]),
    );
    return distinct(all);
  }

  /** What is valid from `from` on and before `until`, each where it is. */
  between(from: Moment, until: Moment | null, mode: IovMode): Effective[] {
    const inside = (moment: Moment): boolean =>
      compareMoments(moment, from) >= 0 && (until === null || compareMoments(moment, until) < 0);
    const steps = distinct([from, ...this.boundaries()]).filter(inside);
    const found = this.lists.flatMap(({ rows, id: list }, number) => {
      const pieces: (Effective & { readonly start: Moment; readonly number: number })[] = [];
      for (const [i, at] of steps.entries()) {
        const row = effectiveAt(rows, at, mode);
        if (row === undefined) continue;
        const begin = pieces.at(-1)?.id === row.id ? pieces.pop()?.from : undefined;
        pieces.push({
          list,
          id: row.id,
          from: begin ?? at,
          until: steps[i + 1] ?? until,
          start: row.start,
          number,
        });
      }
      return pieces;
    });
    return found
      .sort((a, b) => compareMoments(a.start, b.start) || a.number - b.number)
      .map(({ list, id, from: begin, until: end }) => ({ list, id, from: begin, until: end }));
  }

  private latest(at: Moment): ModelRow[] {
    return this.lists.flatMap(({ rows }) => {
      const latest = latestStart(rows, at);
      return rows.filter((row) => row === latest);
    });
  }
}

/** A payload and where it is valid; `until` is the first moment after. */
interface Effective {
  readonly list: bigint;
  readonly id: bigint;
  readonly from: Moment;
  readonly until: Moment | null;
}

function distinct(moments: readonly Moment[]): Moment[] {
  return moments
    .toSorted(compareMoments)
    .filter((moment, i, all) => i === 0 || compareMoments(moment, all[i - 1] ?? moment) !== 0);
}

/** The moments given, and those right before and after them. */
export function around(moments: readonly Moment[]): Moment[] {
  return distinct(
    moments.flatMap((moment) => [
      ...(moment.major > 0n || moment.minor > 0n ? [predecessor(moment)] : []),
      moment,
      ...(isOpenEnd(moment) ? [] : [successor(moment)]),
    ]),
  );
}
