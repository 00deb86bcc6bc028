import { type IovMode } from '#iov';
import { AnswerCache, Timeline } from '#timeline';
import { type ListRow, type LoadedTag, type TagState } from './load-tag.js';

/** Share of a tag's memory that its hottest answers may take on top. */
const CACHE_SHARE = 0.25;
const MIN_CACHE_BYTES = 4 * 1024 * 1024;

/** A tag in memory, as of one revision. */
export interface HeldTag {
  readonly state: TagState;
  readonly timeline: Timeline;
  /** The payload lists' names, which the native answer shows. */
  readonly listNames: ReadonlyMap<bigint, string>;
  readonly answers: AnswerCache;
}

export function heldTag({ state, lists, parts }: LoadedTag, mode: IovMode): HeldTag {
  const timeline = Timeline.open(parts, mode);
  const cacheBytes = Math.max(MIN_CACHE_BYTES, timeline.bytes * CACHE_SHARE);
  return { state, timeline, listNames: namesOf(lists), answers: new AnswerCache(cacheBytes) };
}

export function namesOf(lists: readonly ListRow[]): Map<bigint, string> {
  return new Map(lists.map(({ id, name }) => [id, name]));
}

export function bytesOf({ timeline, answers }: HeldTag): number {
  return timeline.bytes + answers.bytes;
}
