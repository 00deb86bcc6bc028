import { type IovMode, type Moment } from '#iov';
import { type Window, windowOf } from '#timeline';

/** A window as PostgreSQL tells it: major and minor part, as text; null where there is none. */
export interface WindowRow {
  /** Where the answer began to be what it is. */
  since: [string, string] | null;
  /** The first moment that is answered otherwise. */
  until: [string, string] | null;
}

export function windowOfRow({ since, until }: WindowRow, mode: IovMode): Window {
  return windowOf(momentOf(since), momentOf(until), mode);
}

function momentOf(parts: [string, string] | null): Moment | null {
  return parts === null ? null : { major: BigInt(parts[0]), minor: BigInt(parts[1]) };
}
