import { type TimelineList } from './timeline-row.js';

/** Sorted by payload type as PostgreSQL's COLLATE "C" has it (UTF-8 bytes), then by id. */
export function inAnswerOrder(lists: Iterable<TimelineList>): TimelineList[] {
  return Array.from(lists, (list) => ({ list, name: Buffer.from(list.payloadType) }))
    .sort((a, b) => Buffer.compare(a.name, b.name) || (a.list.id < b.list.id ? -1 : 1))
    .map(({ list }) => list);
}
