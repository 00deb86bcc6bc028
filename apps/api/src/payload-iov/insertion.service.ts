import { Inject, Injectable } from '@nestjs/common';
import { type Config } from '#config';
import {
  formatInterval,
  type Interval,
  isValidInterval,
  neighboursNeeded,
  OPEN_END,
  type Placed,
  planInsertions,
} from '#iov';
import { Problem } from '#problems';
import { CONFIG } from '../config.token.js';
import { type Tx } from '../database/tx.js';
import { refuseIfFrozen } from '../global-tag/global-tag.service.js';
import { type LockedList } from '../payload-list/payload-list.service.js';
import { applyPlans } from './apply-plans.js';
import {
  type InsertionOutcome,
  type PayloadInsertion,
  type PlacedRow,
  storedPayload,
} from './insertion.js';
import { type PlannedList, rangeColumns } from './planned-list.js';
import { ANSWERING_IN_RANGES, DETACH_STARTS, NEIGHBOURS } from './insertion.sql.js';

/** Inserts payloads into locked lists by the validity rules of `#iov`. */
@Injectable()
export class InsertionService {
  /** Payloads that insertions have brought, detached, shortened and split, once committed. */
  readonly counts = { inserted: 0, detached: 0, trimmed: 0, split: 0 };

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /**
   * Inserts a batch, one after another, all or nothing. It reads and writes O(log n) rows per
   * insertion in the length of the list, besides those that leave the list.
   * @throws Problem invalid-interval, global-tag-frozen, interval-conflict
   */
  async insert(tx: Tx, batch: readonly PayloadInsertion[]): Promise<InsertionOutcome> {
    const groups = this.groupByList(batch);
    for (const { list } of groups) refuseIfFrozen(list.tag);
    // Bulk rows only ever replace what starts where they start: no need to look around.
    const appends = batch.every(
      ({ until, list }) => until === 'next' && list.tag?.status !== 'locked',
    );
    const known = appends
      ? new Map<bigint, Placed[]>()
      : await this.loadNeighbours(tx, groups, batch);
    const planned = groups.map(({ list, positions }): PlannedList => {
      const insertions = positions.map((position) => batch[position] as PayloadInsertion);
      const locked = list.tag?.status === 'locked';
      const request = { mode: this.config.iovMode, insertions, known: known.get(list.id) ?? [] };
      return { list, positions, plan: planInsertions({ ...request, locked }) };
    });
    await this.refuseConflicts(tx, planned, batch, known);
    const replaced = appends ? await detachStarts(tx, batch) : [];
    const outcome = await applyPlans(tx, planned, batch, known, replaced);
    tx.afterCommit(() => {
      this.counts.inserted += outcome.added.length;
      this.counts.detached += outcome.detachedCount;
      this.counts.trimmed += outcome.trimmed.length;
      this.counts.split += outcome.split.length;
    });
    return outcome;
  }

  /** @throws Problem invalid-interval */
  refuseInvalid(interval: Interval, payloadUrl: string): void {
    if (isValidInterval(interval, this.config.iovMode)) return;
    const { start, end } = interval;
    throw new Problem(
      'invalid-interval',
      `${payloadUrl} PayloadIOV ending IOVs should be greater ${
        this.config.iovMode === 'discrete' ? 'or equal ' : ''
      }than starting. Provided end IOVs: major_iov: ${start.major} major_iov_end: ${end.major} ` +
        `minor_iov: ${start.minor} minor_iov_end: ${end.minor}`,
    );
  }

  private groupByList(
    batch: readonly PayloadInsertion[],
  ): { list: LockedList; positions: number[] }[] {
    const groups = new Map<bigint, { list: LockedList; positions: number[] }>();
    for (const [position, insertion] of batch.entries()) {
      const { list, start, end, until } = insertion;
      const url = typeof insertion.payload === 'bigint' ? 'The' : insertion.payload.payloadUrl;
      this.refuseInvalid({ start, end: until === 'next' ? OPEN_END : end }, url);
      const group = groups.get(list.id) ?? { list, positions: [] };
      group.positions.push(position);
      groups.set(list.id, group);
    }
    return [...groups.values()];
  }

  private async loadNeighbours(
    tx: Tx,
    groups: readonly { list: LockedList; positions: readonly number[] }[],
    batch: readonly PayloadInsertion[],
  ): Promise<Map<bigint, Placed[]>> {
    const lists: bigint[] = [];
    const majors: bigint[] = [];
    const minors: bigint[] = [];
    for (const { list, positions } of groups) {
      const insertions = positions.map((position) => batch[position] as PayloadInsertion);
      const moments = [...neighboursNeeded(insertions, this.config.iovMode)];
      // The last payload decides about the online exception, and whether an open end covers any.
      moments.push(OPEN_END);
      for (const { major, minor } of moments) {
        lists.push(list.id);
        majors.push(major);
        minors.push(minor);
      }
    }
    const known = new Map<bigint, Placed[]>();
    for (const row of await tx.rows<PlacedRow>(NEIGHBOURS, [lists, majors, minors])) {
      const placed = known.get(row.list_id) ?? [];
      placed.push(storedPayload(row));
      known.set(row.list_id, placed);
    }
    return known;
  }

  private async refuseConflicts(
    tx: Tx,
    planned: readonly PlannedList[],
    batch: readonly PayloadInsertion[],
    known: ReadonlyMap<bigint, readonly Placed[]>,
  ): Promise<void> {
    for (const { list, positions, plan } of planned) {
      if (list.tag?.status !== 'locked') continue;
      const { conflict, exemptFrom } = plan;
      if (conflict !== null) {
        const insertion = batch[positions[conflict.insertion] ?? 0] as PayloadInsertion;
        throw this.conflict(list, insertion, conflict.existing);
      }
      const ranges = rangeColumns([{ list, plan }], exemptFrom);
      if (ranges[0].length === 0) continue;
      const ids = (known.get(list.id) ?? []).map(({ id }) => id);
      const discrete = this.config.iovMode === 'discrete';
      const [taken] = await tx.rows<PlacedRow>(ANSWERING_IN_RANGES, [...ranges, ids, discrete]);
      if (taken !== undefined) {
        const insertion = batch[positions[0] ?? 0] as PayloadInsertion;
        throw this.conflict(list, insertion, storedPayload(taken));
      }
    }
  }

  private conflict(list: LockedList, insertion: PayloadInsertion, existing: Placed): Problem {
    const mode = this.config.iovMode;
    const { start, end, until } = insertion;
    const wanted = formatInterval({ start, end: until === 'next' ? OPEN_END : end }, mode);
    return new Problem(
      'interval-conflict',
      `GT is LOCKED. In ${list.name} the interval ${wanted} is taken: a payload is valid in ` +
        `${formatInterval(existing, mode)}.`,
    );
  }
}

async function detachStarts(tx: Tx, batch: readonly PayloadInsertion[]): Promise<PlacedRow[]> {
  return tx.rows<PlacedRow>(DETACH_STARTS, [
    batch.map(({ list }) => list.id),
    batch.map(({ start }) => start.major),
    batch.map(({ start }) => start.minor),
  ]);
}
