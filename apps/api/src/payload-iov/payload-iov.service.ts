import { Injectable } from '@nestjs/common';
import { detachedPayload, payloadList, type PermissionObject, typeInTag } from '#auth';
import { type Interval } from '#iov';
import { Problem } from '#problems';
import { type Tx } from '../database/tx.js';
import { GlobalTagService, refuseUnlessUnlocked } from '../global-tag/global-tag.service.js';
import { type LockedList, PayloadListService } from '../payload-list/payload-list.service.js';
import { LISTS_OF_TYPES_IN_TAG } from '../payload-list/payload-list.sql.js';
import {
  type InsertionOutcome,
  type PayloadFile,
  type PayloadInsertion,
  type PlacedRow,
  storedPayload,
} from './insertion.js';
import { InsertionService } from './insertion.service.js';
import { DELETE_PAYLOAD, LOCK_PAYLOAD, PAYLOAD_WITH_INTERVAL } from './insertion.sql.js';

/** A payload for a list that is known by name. */
export type ListedPayload = Omit<PayloadInsertion, 'list'> & { readonly list: string };
/** A payload for the list that holds its type in a global tag. */
export type TypedPayload = Omit<PayloadInsertion, 'list'> & { readonly payloadType: string };

/** Writes payloads. */
@Injectable()
export class PayloadIovService {
  constructor(
    private readonly globalTags: GlobalTagService,
    private readonly lists: PayloadListService,
    private readonly insertions: InsertionService,
  ) {}

  /**
   * What stores a payload that belongs to no list yet: the values of {@link storePayload}.
   * @throws Problem invalid-interval
   */
  storable(file: PayloadFile, interval: Interval): unknown[] {
    this.insertions.refuseInvalid(interval, file.payloadUrl);
    const { start, end } = interval;
    const parts = [start.major, start.minor, end.major, end.minor];
    return [file.payloadUrl, file.checksum, file.size, file.revision, ...parts];
  }

  /**
   * Inserts a stored payload into a list. Again into the same list changes nothing.
   * @throws Problem payload-not-found, payload-list-not-found, payload-attached, and as `insert`
   */
  async attach(tx: Tx, id: bigint, listName: string): Promise<void> {
    const [list, [row]] = await Promise.all([
      this.lists.lock(tx, listName),
      tx.rows<PlacedRow & { list_name: string | null }>(LOCK_PAYLOAD, [id]),
    ]);
    tx.demand('insert', objectOf(list));
    if (row === undefined) throw noSuchPayload(id);
    if (row.list_name === listName) return;
    if (row.list_name !== null) {
      throw new Problem(
        'payload-attached',
        `The payload ${id} is in the payload list "${row.list_name}" already.`,
      );
    }
    const { start, end } = storedPayload(row);
    await this.insertions.insert(tx, [{ list, payload: id, start, end, until: 'end' }]);
  }

  /** Inserts payloads into lists known by name, all or nothing. @throws Problem payload-list-not-found, and as `insert` */
  async insertIntoLists(tx: Tx, payloads: readonly ListedPayload[]): Promise<InsertionOutcome> {
    const lists = await this.lists.lockAll(
      tx,
      payloads.map(({ list }) => list),
    );
    for (const list of lists.values()) tx.demand('insert', objectOf(list));
    const batch = payloads.map((each) => ({ ...each, list: lists.get(each.list) as LockedList }));
    return this.insertions.insert(tx, batch);
  }

  /**
   * Inserts payloads into a global tag, all or nothing. A type used for the first time gets its list.
   * @throws Problem global-tag-not-found, payload-type-not-found, and as `insert`
   */
  async insertIntoTag(
    tx: Tx,
    tagName: string,
    payloads: readonly TypedPayload[],
  ): Promise<{ outcome: InsertionOutcome; batch: readonly PayloadInsertion[] }> {
    const types = [...new Set(payloads.map(({ payloadType }) => payloadType))];
    for (const type of types) tx.demand('insert', typeInTag(type, tagName));
    const lists = await this.lists.lockOrCreateInTag(tx, tagName, types);
    const batch = payloads.map(({ payloadType, ...each }) => ({
      ...each,
      list: lists.get(payloadType) as LockedList,
    }));
    return { outcome: await this.insertions.insert(tx, batch), batch };
  }

  /**
   * Deletes the payload that has exactly this interval. @returns its URL
   * @throws Problem global-tag-not-found, payload-not-found, global-tag-locked, global-tag-frozen
   */
  async deleteByInterval(
    tx: Tx,
    tagName: string,
    payloadType: string,
    { start, end }: Interval,
  ): Promise<string> {
    tx.demand('delete', typeInTag(payloadType, tagName));
    const tag = await this.globalTags.lock(tx, tagName, 'SHARE');
    const lists = await tx.rows<{ name: string }>(LISTS_OF_TYPES_IN_TAG, [tag.id, [payloadType]]);
    for (const { name } of lists) {
      const list = await this.lists.lock(tx, name);
      const parts = [start.major, start.minor, end.major, end.minor];
      const [row] = await tx.rows<PlacedRow>(PAYLOAD_WITH_INTERVAL, [list.id, ...parts]);
      if (row === undefined) continue;
      refuseUnlessUnlocked(list.tag);
      await tx.count(DELETE_PAYLOAD, [row.id]);
      return row.payload_url;
    }
    throw new Problem('payload-not-found', "PayloadIOV with given parameters doesn't exist");
  }

  /** @throws Problem payload-not-found, global-tag-locked, global-tag-frozen */
  async delete(tx: Tx, id: bigint): Promise<void> {
    const [seen] = await tx.rows<PlacedRow & { list_name: string | null }>(LOCK_PAYLOAD, [id]);
    if (seen === undefined) throw noSuchPayload(id);
    if (seen.list_name === null) tx.demand('delete', detachedPayload(seen.payload_url));
    else {
      const list = await this.lists.lock(tx, seen.list_name);
      tx.demand('delete', objectOf(list));
      refuseUnlessUnlocked(list.tag);
    }
    await tx.count(DELETE_PAYLOAD, [id]);
  }
}

function objectOf({ name, type, tag }: LockedList): PermissionObject {
  return payloadList(name, type, tag?.name);
}

export function noSuchPayload(id: bigint): Problem {
  return new Problem('payload-not-found', `The payload ${id} does not exist.`);
}
