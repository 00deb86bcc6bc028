import { type PoolClient } from 'pg';
import Cursor from 'pg-cursor';
import {
  compareMoments,
  type IovMode,
  isOpenEnd,
  type Moment,
  OPEN_END,
  predecessor,
  successor,
} from '#iov';
import { execute, readOn } from '../database/query.js';
import { noSuchTag } from '../global-tag/global-tag.service.js';
import { GLOBAL_TAG_ID } from '../global-tag/global-tag.sql.js';
import { LISTS_OF_BOTH, PIECES_OF_BOTH } from './diff.sql.js';
import { type Difference, Differences, type Piece, type Side } from './differences.js';

/** Where a page begins: a moment, and the payload type. */
export interface Position {
  readonly from: Moment;
  readonly typeId: bigint;
}

export interface DiffQuestion {
  readonly tags: readonly [string, string];
  readonly payloadType: string | undefined;
  readonly from: Moment;
  /** As the mode has it; null: without bound. */
  readonly until: Moment | null;
  readonly begin: Position | undefined;
}

export interface TypedDifference extends Difference {
  readonly payloadType: string;
  readonly typeId: bigint;
}

interface ListsRow {
  id: bigint;
  name: string;
  first: bigint | null;
  second: bigint | null;
}

interface PieceRow {
  side: Side;
  since: [string, string];
  until: [string, string] | null;
  payload: string;
}

const ROWS_AT_ONCE = 500;

/**
 * What differs between two tags, payload type by payload type, in order of time, some at a time.
 * @throws Problem global-tag-not-found
 */
export async function* readDifferences(
  client: PoolClient,
  question: DiffQuestion,
  mode: IovMode,
): AsyncGenerator<TypedDifference[]> {
  const { tags, payloadType, begin } = question;
  const values = [
    await idOf(client, tags[0]),
    await idOf(client, tags[1]),
    payloadType ?? null,
    begin?.typeId ?? null,
  ];
  const { rows: types } = await execute<ListsRow>(client, LISTS_OF_BOTH, values);
  for (const lists of types) {
    // A tag may be compared with itself.
    if (lists.first === lists.second) continue;
    const from = begin?.typeId === lists.id ? later(begin.from, question.from) : question.from;
    const { id: typeId, name } = lists;
    for await (const some of ofLists(client, lists, { ...question, from }, mode)) {
      yield some.map((difference) => ({ ...difference, payloadType: name, typeId }));
    }
  }
}

async function* ofLists(
  client: PoolClient,
  { first, second }: ListsRow,
  { from, until }: DiffQuestion,
  mode: IovMode,
): AsyncGenerator<Difference[]> {
  const bound = until === null || isOpenEnd(until) ? null : until;
  const end = bound !== null && mode === 'discrete' ? successor(bound) : bound;
  if (end !== null && compareMoments(from, end) >= 0) return;
  const last = end === null ? OPEN_END : predecessor(end);
  const cursor = client.query(
    new Cursor<PieceRow>(PIECES_OF_BOTH.text, [
      first,
      second,
      mode === 'discrete',
      ...[from.major, from.minor],
      ...[end?.major ?? null, end?.minor ?? null],
      ...[last.major, last.minor],
    ]),
  );
  const differences = new Differences();
  for (;;) {
    const rows = await readOn(client, PIECES_OF_BOTH, cursor, ROWS_AT_ONCE);
    if (rows.length === 0) break;
    yield differences.after(rows.map(pieceOf));
  }
  yield differences.atEnd();
}

function pieceOf({ side, since, until, payload }: PieceRow): Piece {
  return { side, from: momentOf(since), until: until === null ? null : momentOf(until), payload };
}

function momentOf([major, minor]: [string, string]): Moment {
  return { major: BigInt(major), minor: BigInt(minor) };
}

function later(a: Moment, b: Moment): Moment {
  return compareMoments(a, b) < 0 ? b : a;
}

/** @throws Problem global-tag-not-found */
async function idOf(client: PoolClient, tag: string): Promise<bigint> {
  const { rows } = await execute<{ id: bigint }>(client, GLOBAL_TAG_ID, [tag]);
  if (rows[0] === undefined) throw noSuchTag(tag);
  return rows[0].id;
}
