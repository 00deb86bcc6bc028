import { type IovMode } from '#iov';
import { windowOf } from '#timeline';
import { windowJson } from '../iov-query/resolved-json.js';
import { type TypedDifference } from './read-differences.js';

/** What two tags answer, as JSON text; null where one has no answer. */
export interface DifferenceRow {
  readonly type: string;
  readonly first: string | null;
  readonly second: string | null;
}

/** How they differ. */
export const KINDS = ['only_first', 'only_second', 'different'] as const;

export function differenceJson(row: DifferenceRow): string {
  return `{${core(row)}}`;
}

/** The same, and where it is so. */
export function rangedJson(difference: TypedDifference, mode: IovMode): string {
  const { payloadType: type, from, until } = difference;
  const range = windowJson(windowOf(from, until, mode));
  return `{${core({ ...difference, type })},"range":${range}}`;
}

function core({ type, first, second }: DifferenceRow): string {
  const kind = second === null ? KINDS[0] : first === null ? KINDS[1] : KINDS[2];
  return (
    `"payload_type":${JSON.stringify(type)},"difference":"${kind}",` +
    `"first":${first ?? 'null'},"second":${second ?? 'null'}`
  );
}
