import { Injectable } from '@nestjs/common';
import { payloadList } from '#auth';
import { Problem } from '#problems';
import { type Tx } from '../database/tx.js';
import {
  GlobalTagService,
  type LockedTag,
  noSuchTag,
  refuseIfFrozen,
  refuseUnlessUnlocked,
} from '../global-tag/global-tag.service.js';
import { PayloadTypeService } from '../payload-type/payload-type.service.js';
import { PayloadListId } from './payload-list-id.entity.js';
import { PayloadList } from './payload-list.entity.js';
import {
  DETACH_OTHERS_OF_TYPE,
  LISTS_OF_TYPES_IN_TAG,
  LOCK_LISTS,
  LOCK_LISTS_WITH_TAGS,
  PAYLOADS_IN_LIST,
  SET_TAG_OF_LIST,
  TAGS_OF_LISTS,
  TOUCH_TAGS,
} from './payload-list.sql.js';

/** A list whose row is locked, with its tag locked as well: nobody else changes either meanwhile. */
export interface LockedList {
  readonly id: bigint;
  readonly name: string;
  readonly typeId: bigint;
  readonly type: string;
  /** undefined while the list is detached. */
  readonly tag: LockedTag | undefined;
  /** Made by this transaction. */
  readonly isNew?: true;
}

interface ListRow {
  id: bigint;
  name: string;
  tag_id: bigint | null;
  type_id: bigint;
  type: string;
}

interface ListWithTagRow extends ListRow {
  tag_name: string | null;
  tag_status: string | null;
}

/** Writes payload lists. */
@Injectable()
export class PayloadListService {
  constructor(
    private readonly globalTags: GlobalTagService,
    private readonly payloadTypes: PayloadTypeService,
  ) {}

  /** Makes a detached list, named `<type>_<id>`. @throws Problem payload-type-not-found */
  async create(tx: Tx, payloadType: string, description: string | null = null): Promise<string> {
    tx.demand('create', payloadList(payloadType, payloadType));
    return this.add(tx, payloadType, description);
  }

  private async add(tx: Tx, payloadType: string, description: string | null): Promise<string> {
    const type = await this.payloadTypes.byName(tx, payloadType);
    const ticket = await tx.manager.insert(PayloadListId, {});
    const id = String(ticket.identifiers[0]?.['id']);
    const name = `${type.name}_${id}`;
    await tx.manager.insert(PayloadList, { id, name, description, payloadType: type });
    return name;
  }

  /**
   * Attaches a list to a tag. A list of the same type that is there already makes room.
   * @returns the names of the lists that made room
   * @throws Problem global-tag-not-found, payload-list-not-found, global-tag-frozen, global-tag-locked
   */
  async attach(tx: Tx, tagName: string, listName: string): Promise<string[]> {
    const [list, tag] = await this.lockForMove(tx, 'attach', listName, tagName);
    if (list.tag !== undefined && list.tag.id !== tag.id) {
      tx.demand('detach', payloadList(list.name, list.type, list.tag.name));
    }
    refuseIfFrozen(tag);
    if (list.tag?.id === tag.id) return [];
    // Leaving a tag changes what that tag answers.
    refuseUnlessUnlocked(list.tag);
    const others = await tx.rows<{ name: string }>(DETACH_OTHERS_OF_TYPE, [
      tag.id,
      list.typeId,
      list.id,
    ]);
    if (others.length > 0) tx.demand('replace', payloadList(list.name, list.type, tag.name));
    if (others.length > 0 && tag.status === 'locked') {
      throw new Problem(
        'global-tag-locked',
        `Payload List of type ${list.type} already attached and Global Tag is locked.`,
      );
    }
    await tx.count(SET_TAG_OF_LIST, [list.id, tag.id]);
    await tx.count(TOUCH_TAGS, [list.tag === undefined ? [tag.id] : [tag.id, list.tag.id]]);
    return others.map(({ name }) => name);
  }

  /** Takes a list out of a tag. @throws Problem payload-list-not-found, global-tag-locked, global-tag-frozen */
  async detach(tx: Tx, tagName: string, listName: string): Promise<void> {
    const [list, tag] = await this.lockForMove(tx, 'detach', listName, tagName);
    if (list.tag?.id !== tag.id) {
      throw new Problem(
        'payload-list-not-found',
        `The payload list "${listName}" is not attached to the global tag "${tagName}".`,
      );
    }
    refuseUnlessUnlocked(tag);
    await tx.count(SET_TAG_OF_LIST, [list.id, null]);
    await tx.count(TOUCH_TAGS, [[tag.id]]);
  }

  /** Deletes an empty list. @throws Problem payload-list-not-found, payload-list-not-empty, …-locked, …-frozen */
  async delete(tx: Tx, name: string): Promise<void> {
    const list = await this.lock(tx, name);
    tx.demand('delete', payloadList(list.name, list.type, list.tag?.name));
    refuseUnlessUnlocked(list.tag);
    const [held] = await tx.rows<{ payloads: bigint }>(PAYLOADS_IN_LIST, [list.id]);
    if (held !== undefined && held.payloads > 0n) {
      throw new Problem(
        'payload-list-not-empty',
        `PayloadList contains ${held.payloads} PayloadIOVs`,
      );
    }
    await tx.manager.delete(PayloadList, { id: list.id.toString() });
  }

  /** @throws Problem payload-list-not-found */
  async lock(tx: Tx, name: string): Promise<LockedList> {
    const list = (await this.lockAll(tx, [name])).get(name);
    if (list === undefined) throw noSuchList(name);
    return list;
  }

  /**
   * Locks lists for insertion: first their tags (shared), then the lists, each in the order of ids.
   * @throws Problem payload-list-not-found naming the first that does not exist
   */
  async lockAll(tx: Tx, names: readonly string[]): Promise<Map<string, LockedList>> {
    const distinct = [...new Set(names)];
    const rows = await tx.rows<ListWithTagRow>(LOCK_LISTS_WITH_TAGS, [distinct]);
    const locked = new Map(rows.map((row) => [row.name, lockedList(row, tagsOf(row))]));
    for (const name of distinct) if (!locked.has(name)) throw noSuchList(name);
    return locked;
  }

  /**
   * Locks the lists that hold these types in a tag, by type; a type without a list gets one.
   * @throws Problem global-tag-not-found, global-tag-frozen, payload-type-not-found
   */
  async lockOrCreateInTag(
    tx: Tx,
    tagName: string,
    types: readonly string[],
  ): Promise<Map<string, LockedList>> {
    const distinct = [...new Set(types)];
    const tagId = await this.globalTags.idOf(tx, tagName);
    let names = await namesByType(tx, tagId, distinct);
    const made = new Set<string>();
    if (distinct.some((type) => !names.has(type))) {
      // Whoever makes a list has the tag for itself, and looks again: another may have just made it.
      refuseIfFrozen(await this.globalTags.lock(tx, tagName, 'UPDATE'));
      names = await namesByType(tx, tagId, distinct);
      for (const type of distinct) {
        if (names.has(type)) continue;
        const name = await this.add(tx, type, null);
        await this.attach(tx, tagName, name);
        names.set(type, name);
        made.add(name);
      }
    }
    const lists = await this.lockAll(tx, [...names.values()]);
    for (const list of lists.values()) {
      if (list.tag?.id !== tagId) throw new MovedMeanwhile(list.name);
    }
    return new Map(
      [...names].map(([type, name]) => {
        const list = lists.get(name) as LockedList;
        return [type, made.has(name) ? { ...list, isNew: true } : list];
      }),
    );
  }

  private async lockForMove(
    tx: Tx,
    action: 'attach' | 'detach',
    listName: string,
    tagName: string,
  ): Promise<[LockedList, LockedTag]> {
    const [seen] = await tx.rows<ListRow>(TAGS_OF_LISTS, [[listName]]);
    if (seen === undefined) throw noSuchList(listName);
    tx.demand(action, payloadList(listName, seen.type, tagName));
    const targetId = await this.globalTags.idOf(tx, tagName);
    const tags = await this.globalTags.lockByIds(tx, [...tagIds([seen]), targetId], 'UPDATE');
    const [row] = await tx.rows<ListRow>(LOCK_LISTS, [[seen.id]]);
    if (row === undefined) throw noSuchList(listName);
    const target = tags.find(({ id }) => id === targetId);
    if (target === undefined) throw noSuchTag(tagName);
    return [lockedList(row, tags), target];
  }
}

async function namesByType(
  tx: Tx,
  tagId: bigint,
  types: readonly string[],
): Promise<Map<string, string>> {
  const rows = await tx.rows<{ name: string; type: string }>(LISTS_OF_TYPES_IN_TAG, [tagId, types]);
  return new Map(rows.map(({ type, name }) => [type, name]));
}

function lockedList(row: ListRow, tags: readonly LockedTag[]): LockedList {
  const tag = tags.find(({ id }) => id === row.tag_id);
  // Between the look and the lock the list moved to a tag that is not locked: look again.
  if (row.tag_id !== null && tag === undefined) throw new MovedMeanwhile(row.name);
  return { id: row.id, name: row.name, typeId: row.type_id, type: row.type, tag };
}

function tagsOf({ tag_id, tag_name, tag_status }: ListWithTagRow): LockedTag[] {
  if (tag_id === null || tag_name === null || tag_status === null) return [];
  return [{ id: tag_id, name: tag_name, status: tag_status }];
}

/** Looks like a serialisation failure, so that the transaction is done again. */
class MovedMeanwhile extends Error {
  readonly code = '40001';
  constructor(list: string) {
    super(`The payload list "${list}" moved to another global tag meanwhile.`);
  }
}

function tagIds(rows: readonly ListRow[]): bigint[] {
  return [...new Set(rows.flatMap(({ tag_id }) => (tag_id === null ? [] : [tag_id])))];
}

export function noSuchList(name: string): Problem {
  return new Problem('payload-list-not-found', `The payload list "${name}" does not exist.`);
}
