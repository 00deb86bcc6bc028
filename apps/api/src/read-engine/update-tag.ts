import { type ClientBase } from 'pg';
import { FIRST_MOMENT, isOpenEnd, sameMoment } from '#iov';
import { type TimelineRow } from '#timeline';
import { execute } from '../database/query.js';
import { type HeldTag, namesOf } from './held-tag.js';
import { type ListRow, type TagState } from './load-tag.js';
import { type StartRange, type ToRead } from './pending-changes.js';
import { LISTS_OF_TAG, STARTS_IN_RANGES, TAG_STATE, TAG_WITH_STARTS } from './read-tag.sql.js';

interface RangeRow {
  position: bigint;
  payload_id: bigint;
  major_iov: bigint;
  minor_iov: bigint;
  major_iov_end: bigint;
  minor_iov_end: bigint;
  json: string;
}

/** The tag with what changed read again, as of one snapshot of the database; undefined if it is gone. */
export async function updateTag(
  client: ClientBase,
  held: HeldTag,
  { ranges, listsChanged }: ToRead,
): Promise<HeldTag | undefined> {
  const known = !listsChanged && ranges.every(({ list }) => held.listNames.has(list));
  return known ? readStarts(client, held, ranges) : readLists(client, held, ranges);
}

/** What starts in some ranges: one statement, which sees one snapshot. */
async function readStarts(
  client: ClientBase,
  held: HeldTag,
  ranges: readonly StartRange[],
): Promise<HeldTag | undefined> {
  const values = [held.state.id, ...columnsOf(ranges)];
  const found = await execute<TagState & Partial<RangeRow>>(client, TAG_WITH_STARTS, values);
  const [first] = found.rows;
  if (first === undefined) return undefined;
  const { id, name, status, revision, mark, payloads } = first;
  const rows = byRange(found.rows.filter(isRangeRow));
  let { timeline } = held;
  for (const [position, { list, first: from, last }] of ranges.entries()) {
    timeline = timeline.withRange(list, from, last, rows.get(position) ?? []);
  }
  return { ...held, state: { id, name, status, revision, mark, payloads }, timeline };
}

/** Which lists there are as well. */
async function readLists(
  client: ClientBase,
  held: HeldTag,
  changed: readonly StartRange[],
): Promise<HeldTag | undefined> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const { id } = held.state;
    const [state] = (await execute<TagState>(client, TAG_STATE, [id])).rows;
    if (state === undefined) return undefined;
    const lists = (await execute<ListRow>(client, LISTS_OF_TAG, [id])).rows;
    const ranges = changed.filter(({ list }) => lists.some(({ id: there }) => there === list));
    const found = await execute<RangeRow>(client, STARTS_IN_RANGES, columnsOf(ranges));
    return {
      ...held,
      state,
      listNames: namesOf(lists),
      timeline: withRows(held, lists, ranges, byRange(found.rows)),
    };
  } finally {
    await client.query('ROLLBACK');
  }
}

function columnsOf(ranges: readonly StartRange[]): bigint[][] {
  return [
    ranges.map(({ list }) => list),
    ranges.map(({ first }) => first.major),
    ranges.map(({ first }) => first.minor),
    ranges.map(({ last }) => last.major),
    ranges.map(({ last }) => last.minor),
  ];
}

function isRangeRow<T extends Partial<RangeRow>>(row: T): row is T & RangeRow {
  return row.position != null;
}

function byRange(found: readonly RangeRow[]): Map<number, TimelineRow[]> {
  const rows = new Map<number, TimelineRow[]>();
  for (const row of found) {
    const position = Number(row.position) - 1;
    const each = rows.get(position) ?? [];
    each.push({
      id: row.payload_id,
      start: { major: row.major_iov, minor: row.minor_iov },
      end: { major: row.major_iov_end, minor: row.minor_iov_end },
      json: row.json,
    });
    rows.set(position, each);
  }
  return rows;
}

function withRows(
  held: HeldTag,
  lists: readonly ListRow[],
  ranges: readonly StartRange[],
  rows: ReadonlyMap<number, readonly TimelineRow[]>,
): HeldTag['timeline'] {
  let { timeline } = held;
  const typeOf = new Map(lists.map(({ id, type }) => [id, type]));
  for (const { id } of timeline.lists) if (!typeOf.has(id)) timeline = timeline.withoutList(id);
  const held_ = new Set(timeline.lists.map(({ id }) => id));
  for (const [position, range] of ranges.entries()) {
    const read = rows.get(position) ?? [];
    const payloadType = typeOf.get(range.list);
    if (payloadType === undefined) continue;
    const isWhole = sameMoment(range.first, FIRST_MOMENT) && isOpenEnd(range.last);
    timeline =
      held_.has(range.list) && !isWhole
        ? timeline.withRange(range.list, range.first, range.last, read)
        : timeline.withList({ id: range.list, payloadType }, read);
  }
  return timeline;
}
