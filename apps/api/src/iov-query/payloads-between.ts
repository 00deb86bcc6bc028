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
import { type Window } from '#timeline';
import { readOn } from '../database/query.js';
import { type HeldTag } from '../read-engine/held-tag.js';
import { PAYLOADS_BETWEEN } from './between.sql.js';
import { payloadObject, windowJson } from './resolved-json.js';
import { type WindowRow, windowOfRow } from './window-row.js';

/** Where a page ended: the start of a payload, and its list. */
export interface Seen {
  readonly start: Moment;
  readonly list: bigint;
}

/** A range of moments, and which payloads in it are asked for. */
export interface RangeQuestion {
  readonly tag: string;
  readonly payloadType: string | undefined;
  readonly from: Moment;
  /** As the mode has it; null: without bound. */
  readonly until: Moment | null;
  readonly after: Seen | undefined;
}

/** A payload, as JSON text, and where it stands among the others. */
export interface EffectiveLine extends Seen {
  readonly text: string;
}

/** From a tag in memory. */
export function* heldBetween(
  { timeline, listNames }: HeldTag,
  { from, until, payloadType, after }: RangeQuestion,
): Generator<EffectiveLine, void> {
  for (const { payload, effective } of timeline.between(from, until, { payloadType, after })) {
    const type = JSON.stringify(payload.list.payloadType);
    const text = lineOf(type, payloadObject(payload, listNames), effective);
    yield { text, start: payload.start, list: payload.list.id };
  }
}

export interface BetweenRow extends WindowRow {
  type: string;
  payload: string;
  start: [string, string];
  list: string;
}

export function lineOfRow(row: BetweenRow, mode: IovMode): EffectiveLine {
  const [major, minor] = row.start;
  return {
    text: lineOf(row.type, row.payload, windowOfRow(row, mode)),
    start: { major: BigInt(major), minor: BigInt(minor) },
    list: BigInt(row.list),
  };
}

/** By SQL, some rows at a time. */
export async function* readBetween(
  client: PoolClient,
  question: RangeQuestion,
  mode: IovMode,
  atOnce: number,
): AsyncGenerator<EffectiveLine[]> {
  const values = betweenValues(question, mode, null);
  const cursor = client.query(new Cursor<BetweenRow>(PAYLOADS_BETWEEN.text, values));
  for (;;) {
    const rows = await readOn(client, PAYLOADS_BETWEEN, cursor, atOnce);
    if (rows.length === 0) return;
    yield rows.map((row) => lineOfRow(row, mode));
  }
}

/** The values of `PAYLOADS_BETWEEN`. */
export function betweenValues(
  { tag, payloadType, from, until, after }: RangeQuestion,
  mode: IovMode,
  limit: number | null,
): unknown[] {
  const bound = until === null || isOpenEnd(until) ? null : until;
  const end = bound !== null && mode === 'discrete' ? successor(bound) : bound;
  // Before the first moment nothing starts; what `from` excludes then is all there is.
  const last = end === null ? OPEN_END : compareMoments(end, from) > 0 ? predecessor(end) : from;
  const resume = after !== undefined && compareMoments(after.start, from) > 0 ? after.start : null;
  return [
    tag,
    payloadType ?? null,
    mode === 'discrete',
    ...partsOf(from),
    ...partsOf(end),
    ...partsOf(last),
    ...partsOf(after?.start ?? null),
    after?.list ?? null,
    ...partsOf(resume),
    limit,
  ];
}

function partsOf(moment: Moment | null): (bigint | null)[] {
  return [moment?.major ?? null, moment?.minor ?? null];
}

function lineOf(type: string, payload: string, effective: Window): string {
  return `{"payload_type":${type},${payload.slice(1, -1)},"effective":${windowJson(effective)}}`;
}
