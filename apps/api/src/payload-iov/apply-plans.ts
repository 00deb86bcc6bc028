import { compareMoments, type InsertionPlan, type Interval, type Placed } from '#iov';
import { type Tx } from '../database/tx.js';
import {
  type InsertionOutcome,
  type PayloadFile,
  type PayloadInsertion,
  type PlacedRow,
  storedPayload,
} from './insertion.js';
import {
  COPY_PAYLOADS,
  DETACH_PAYLOADS,
  DETACH_RANGES,
  INSERT_PAYLOADS,
  PLACE_PAYLOADS,
} from './insertion.sql.js';
import { type PlannedList, rangeColumns } from './planned-list.js';

type DetachedRow = PlacedRow & { detached?: bigint };

/** Writes what was planned: a handful of statements, however many lists and rows there are. */
export async function applyPlans(
  tx: Tx,
  planned: readonly PlannedList[],
  batch: readonly PayloadInsertion[],
  neighbours: ReadonlyMap<bigint, readonly Placed[]>,
  replaced: readonly DetachedRow[],
): Promise<InsertionOutcome> {
  const known = planned.flatMap(({ list, plan }) =>
    plan.detached.map((payload) => ({ listId: list.id, payloadUrl: '', ...payload })),
  );
  const ranged = [...replaced, ...(await detachRanges(tx, planned, neighbours, known))];
  if (known.length > 0) tx.send(DETACH_PAYLOADS, [known.map(({ id }) => id)]);
  const moved = planned.flatMap(({ list, plan }) =>
    plan.moved.map((each) => ({ ...each, listId: list.id })),
  );
  const intervals = intervalsOf(planned, batch.length);
  placePayloads(tx, [...moved, ...storedOnes(batch, intervals)]);
  const added = await addPayloads(tx, batch, intervals);
  return {
    added,
    detached: [...known, ...ranged.map(storedPayload)],
    detachedCount: known.length + Number(ranged[0]?.detached ?? 0n),
    trimmed: moved.map(({ id, from, start, end }) => ({ id, from, to: { start, end } })),
    split: await addCopies(tx, planned, added),
  };
}

async function detachRanges(
  tx: Tx,
  planned: readonly PlannedList[],
  neighbours: ReadonlyMap<bigint, readonly Placed[]>,
  known: readonly { id: bigint }[],
): Promise<DetachedRow[]> {
  const ranges = rangeColumns(
    planned.filter(({ list, plan }) => mayHoldOthers(plan, neighbours.get(list.id) ?? [])),
  );
  if (ranges[0].length === 0) return [];
  const staying = planned.flatMap(({ plan }) => plan.staying);
  return tx.rows<DetachedRow>(DETACH_RANGES, [
    ...ranges,
    [...staying, ...known.map(({ id }) => id)],
  ]);
}

/**
 * Whether payloads that are not known may start in the ranges. The latest start before the end of
 * each range is known: if it comes before the range, the range is empty.
 */
function mayHoldOthers(plan: InsertionPlan, known: readonly Placed[]): boolean {
  return plan.detachedRanges.some(({ from, until }) =>
    known.some(
      ({ start }) =>
        compareMoments(start, from) >= 0 && (until === null || compareMoments(start, until) < 0),
    ),
  );
}

/** Where each insertion of the batch ends up; null where a later one replaces it. */
function intervalsOf(planned: readonly PlannedList[], length: number): (Interval | null)[] {
  const intervals = new Array<Interval | null>(length).fill(null);
  for (const { positions, plan } of planned) {
    for (const [index, position] of positions.entries()) {
      intervals[position] = plan.placed[index] ?? null;
    }
  }
  return intervals;
}

/** A payload that is stored already, and where it goes. */
interface Placement extends Interval {
  readonly id: bigint;
  readonly listId: bigint;
}

function storedOnes(
  batch: readonly PayloadInsertion[],
  intervals: readonly (Interval | null)[],
): Placement[] {
  return batch.flatMap(({ payload, list }, position) => {
    const interval = intervals[position];
    return typeof payload !== 'bigint' || interval == null
      ? []
      : { id: payload, listId: list.id, ...interval };
  });
}

/** One statement, whose triggers then run once. */
function placePayloads(tx: Tx, placements: readonly Placement[]): void {
  if (placements.length === 0) return;
  const ids = placements.map(({ id }) => id);
  const lists = placements.map(({ listId }) => listId);
  tx.send(PLACE_PAYLOADS, [ids, lists, ...intervalColumns(placements)]);
}

async function addPayloads(
  tx: Tx,
  batch: readonly PayloadInsertion[],
  intervals: readonly (Interval | null)[],
): Promise<{ id: bigint; interval: Interval | null }[]> {
  const fresh = [...batch.keys()].filter((at) => typeof batch[at]?.payload !== 'bigint');
  const ids = batch.map(({ payload }) => (typeof payload === 'bigint' ? payload : 0n));
  if (fresh.length > 0) {
    const rows = await insertFresh(
      tx,
      fresh.map((position) => batch[position] as PayloadInsertion),
      fresh.map((position) => intervals[position] ?? null),
    );
    for (const [index, position] of fresh.entries()) ids[position] = rows[index] as bigint;
  }
  return ids.map((id, position) => ({ id, interval: intervals[position] ?? null }));
}

async function insertFresh(
  tx: Tx,
  insertions: readonly PayloadInsertion[],
  intervals: readonly (Interval | null)[],
): Promise<bigint[]> {
  const files = insertions.map(({ payload }) => payload as PayloadFile);
  const stored = insertions.map(({ start, end }, index) => intervals[index] ?? { start, end });
  const rows = await tx.rows<{ id: bigint }>(INSERT_PAYLOADS, [
    files.map((file) => file.payloadUrl),
    files.map((file) => file.checksum),
    files.map((file) => file.size),
    files.map((file) => file.revision),
    ...intervalColumns(stored),
    insertions.map(({ list }, index) => (intervals[index] == null ? null : list.id)),
  ]);
  return rows.map(({ id }) => id).sort((a, b) => (a < b ? -1 : 1));
}

async function addCopies(
  tx: Tx,
  planned: readonly PlannedList[],
  added: readonly { id: bigint }[],
): Promise<{ id: bigint; of: bigint; interval: Interval }[]> {
  const copies = planned.flatMap(({ list, positions, plan }) =>
    plan.copies.map(({ of, start, end }) => ({
      listId: list.id,
      of: typeof of === 'bigint' ? of : (added[positions[of.insertion] ?? 0]?.id as bigint),
      start,
      end,
    })),
  );
  if (copies.length === 0) return [];
  const rows = await tx.rows<{ id: bigint }>(COPY_PAYLOADS, [
    copies.map(({ of }) => of),
    ...intervalColumns(copies),
    copies.map(({ listId }) => listId),
  ]);
  const ids = rows.map(({ id }) => id).sort((a, b) => (a < b ? -1 : 1));
  return copies.map(({ of, start, end }, index) => ({
    id: ids[index] as bigint,
    of,
    interval: { start, end },
  }));
}

function intervalColumns(intervals: readonly Interval[]): bigint[][] {
  return [
    intervals.map(({ start }) => start.major),
    intervals.map(({ start }) => start.minor),
    intervals.map(({ end }) => end.major),
    intervals.map(({ end }) => end.minor),
  ];
}
