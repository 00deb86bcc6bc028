import { Inject, Injectable } from '@nestjs/common';
import { type Action, globalTag } from '#auth';
import { type Config } from '#config';
import { Problem } from '#problems';
import { CONFIG } from '../config.token.js';
import { type Tx } from '../database/tx.js';
import { GlobalTagStatusService } from '../global-tag-status/global-tag-status.service.js';
import { GlobalTag } from './global-tag.entity.js';
import {
  CLONE_LISTS,
  CLONE_PAYLOADS,
  DELETE_LISTS_OF_TAG,
  DELETE_PAYLOADS_OF_TAG,
  GLOBAL_TAG_ID,
  LOCK_GLOBAL_TAGS,
  NOTE_ORIGIN,
} from './global-tag.sql.js';

/** A global tag whose row is locked, so that its status stays as it is read here. */
export interface LockedTag {
  readonly id: bigint;
  readonly name: string;
  readonly status: string;
}

export interface NewGlobalTag {
  readonly name: string;
  readonly status: string;
  readonly author?: string | null;
  readonly description?: string | null;
}

/** What a change leaves alone where it is absent; null empties. */
export interface GlobalTagChange {
  readonly author?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly status?: string | undefined;
}

/** Writes global tags. */
@Injectable()
export class GlobalTagService {
  constructor(
    private readonly statuses: GlobalTagStatusService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws Problem global-tag-exists, status-not-found */
  async create(tx: Tx, tag: NewGlobalTag): Promise<void> {
    tx.demand('create', globalTag(tag.name));
    const right = rightFor(tag.status);
    if (right !== 'unlock') tx.demand(right, globalTag(tag.name));
    await this.add(tx, tag);
  }

  private async add(tx: Tx, tag: NewGlobalTag): Promise<void> {
    const status = await this.statuses.byName(tx, tag.status);
    await tx.manager.insert(GlobalTag, {
      name: tag.name,
      author: tag.author ?? null,
      description: tag.description ?? null,
      status,
    });
  }

  /** @throws Problem global-tag-not-found, status-not-found, thaw-not-allowed, global-tag-frozen */
  async change(tx: Tx, name: string, change: GlobalTagChange): Promise<void> {
    const { status: wanted, ...described } = change;
    if (wanted !== undefined) tx.demand(rightFor(wanted), globalTag(name));
    if (wanted === undefined || Object.keys(described).length > 0) {
      tx.demand('describe', globalTag(name));
    }
    const tag = await this.lock(tx, name, 'UPDATE');
    const thaws = change.status !== undefined && change.status !== 'frozen';
    if (tag.status === 'frozen' && !(thaws && this.config.allowThaw)) {
      // Saying again what is so already changes nothing.
      if (change.status === 'frozen' && Object.keys(change).length === 1) return;
      throw thaws
        ? new Problem('thaw-not-allowed', `Global Tag is frozen: "${name}" stays so for ever.`)
        : frozen(tag);
    }
    if (tag.status === 'frozen') tx.demand('thaw', globalTag(name));
    const { status, author, description } = change;
    await tx.manager.update(
      GlobalTag,
      { id: tag.id.toString() },
      {
        ...(author === undefined ? {} : { author }),
        ...(description === undefined ? {} : { description }),
        ...(status === undefined ? {} : { status: await this.statuses.byName(tx, status) }),
        updated: () => 'clock_timestamp()',
      },
    );
  }

  /** Deletes the tag, its lists and their payloads. @throws Problem global-tag-not-found, …-locked, …-frozen */
  async delete(tx: Tx, name: string): Promise<void> {
    tx.demand('delete', globalTag(name));
    const tag = await this.lock(tx, name, 'UPDATE');
    refuseUnlessUnlocked(tag);
    await tx.count(DELETE_PAYLOADS_OF_TAG, [tag.id]);
    await tx.count(DELETE_LISTS_OF_TAG, [tag.id]);
    await tx.manager.delete(GlobalTag, { id: tag.id.toString() });
  }

  /**
   * Copies a tag with its lists and payloads; the copy is unlocked.
   * @throws Problem global-tag-not-found, global-tag-exists
   */
  async clone(tx: Tx, source: string, clone: Omit<NewGlobalTag, 'status'>): Promise<void> {
    tx.demand('read', globalTag(source));
    tx.demand('clone', globalTag(clone.name));
    const from = await this.lock(tx, source, 'SHARE');
    const original = await tx.manager.findOneByOrFail(GlobalTag, { id: from.id.toString() });
    tx.send(NOTE_ORIGIN, [source]);
    await this.add(tx, {
      name: clone.name,
      status: 'unlocked',
      author: clone.author === undefined ? original.author : clone.author,
      description: clone.description === undefined ? original.description : clone.description,
    });
    const to = await this.lock(tx, clone.name, 'UPDATE');
    const pairs = await tx.rows<{ source_id: bigint; clone_id: bigint }>(CLONE_LISTS, [
      to.id,
      from.id,
    ]);
    await tx.count(CLONE_PAYLOADS, [
      pairs.map((pair) => pair.source_id),
      pairs.map((pair) => pair.clone_id),
    ]);
  }

  /** @throws Problem global-tag-not-found */
  async lock(tx: Tx, name: string, strength: 'SHARE' | 'UPDATE'): Promise<LockedTag> {
    const [tag] = await this.lockByIds(tx, [await this.idOf(tx, name)], strength);
    if (tag === undefined) throw noSuchTag(name);
    return tag;
  }

  /** @throws Problem global-tag-not-found */
  async idOf(tx: Tx, name: string): Promise<bigint> {
    const [tag] = await tx.rows<{ id: bigint }>(GLOBAL_TAG_ID, [name]);
    if (tag === undefined) throw noSuchTag(name);
    return tag.id;
  }

  /** Locks several tags in the order of their ids, so that two transactions never wait for each other. */
  async lockByIds(
    tx: Tx,
    ids: readonly bigint[],
    strength: 'SHARE' | 'UPDATE',
  ): Promise<LockedTag[]> {
    return tx.rows<LockedTag>(LOCK_GLOBAL_TAGS(strength), [ids]);
  }
}

export function noSuchTag(name: string): Problem {
  return new Problem('global-tag-not-found', `The global tag "${name}" does not exist.`);
}

/** The right that a change to a status asks for; thawing asks for its own besides. */
function rightFor(status: string): Action {
  if (status === 'frozen') return 'freeze';
  return status === 'locked' ? 'lock' : 'unlock';
}

/** @throws Problem global-tag-frozen */
export function refuseIfFrozen(tag: LockedTag | undefined): void {
  if (tag?.status === 'frozen') throw frozen(tag);
}

/** @throws Problem global-tag-locked, global-tag-frozen */
export function refuseUnlessUnlocked(tag: LockedTag | undefined): void {
  refuseIfFrozen(tag);
  if (tag?.status === 'locked') {
    throw new Problem('global-tag-locked', `Global Tag is locked: "${tag.name}" is append-only.`);
  }
}

function frozen(tag: LockedTag): Problem {
  return new Problem('global-tag-frozen', `Global Tag is frozen: "${tag.name}" never changes.`);
}
