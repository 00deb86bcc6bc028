import { compareMoments, type InsertionPlan, type Interval, type Placed } from '#iov';
import { type Tx } from '../database/transactions.js';
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
  MOVE_PAYLOADS,
  PLACE_PAYLOAD,
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
  if (known.length > 0) await tx.count(DETACH_PAYLOADS, [known.map(({ id }) => id)]);
  const moved = planned.flatMap(({ plan }) => plan.moved);
  if (moved.length > 0) {
    await tx.count(MOVE_PAYLOADS, [moved.map(({ id }) => id), ...intervalColumns(moved)]);
  }
  const added = await addPayloads(tx, planned, batch);
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

async function addPayloads(
  tx: Tx,
  planned: readonly PlannedList[],
  batch: readonly PayloadInsertion[],
): Promise<{ id: bigint; interval: Interval | null }[]> {
  const intervals: (Interval | null)[] = [];
  for (const { positions, plan } of planned) {
    for (const [index, position] of positions.entries()) {
      intervals[position] = plan.placed[index] ?? null;
    }
  }
  const ids: bigint[] = [];
  const fresh: number[] = [];
  for (const [position, { payload, list }] of batch.entries()) {
    const interval = intervals[position] ?? null;
    if (typeof payload !== 'bigint') {
      fresh.push(position);
    } else {
      ids[position] = payload;
      if (interval !== null) {
        const { start, end } = interval;
        const parts = [start.major, start.minor, end.major, end.minor];
        await tx.count(PLACE_PAYLOAD, [payload, list.id, ...parts]);
      }
    }
  }
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
