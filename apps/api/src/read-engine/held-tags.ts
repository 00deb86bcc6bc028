import { type Change } from '#database';
import { bytesOf, type HeldTag } from './held-tag.js';
import { PendingChanges } from './pending-changes.js';
import { WaitingReaders } from './waiting-readers.js';

/** A held tag and what is not in it yet. */
export interface Entry {
  held: HeldTag;
  readonly pending: PendingChanges;
  /** When it was read whole; milliseconds since the epoch, as the next. */
  readonly loadedAt: number;
  usedAt: number;
  updating: boolean;
  /** Who waits for an update; it is worth waiting as long as updates are quick. */
  readonly readers: WaitingReaders;
  quick: boolean;
  /** How many updates in a row have met changes that had not been told. */
  incomplete: number;
}

/** The tags in memory, least recently used first, within a budget of bytes. */
export class HeldTags {
  private readonly byName = new Map<string, Entry>();
  private readonly byId = new Map<bigint, Entry>();
  /** How many left: for want of memory, because nobody asked, because they were not to be kept right. */
  readonly evictions = { memory: 0, disuse: 0, change: 0 };

  constructor(private readonly budget: number) {}

  get(name: string): Entry | undefined {
    return this.byName.get(name);
  }

  entry(id: bigint): Entry | undefined {
    return this.byId.get(id);
  }

  get isEmpty(): boolean {
    return this.byId.size === 0;
  }

  get all(): Entry[] {
    return [...this.byId.values()];
  }

  get bytes(): number {
    return this.all.reduce((sum, { held }) => sum + bytesOf(held), 0);
  }

  /** Takes a tag in; those that were not used for longest make room. */
  put(held: HeldTag, now: number): Entry {
    const { id, name } = held.state;
    this.remove(id);
    const entry: Entry = {
      held,
      pending: new PendingChanges(),
      loadedAt: now,
      usedAt: now,
      updating: false,
      readers: new WaitingReaders(),
      quick: true,
      incomplete: 0,
    };
    this.byId.set(id, entry);
    this.byName.set(name, entry);
    this.makeRoom(entry);
    return entry;
  }

  /** Puts a newer state of a tag in place of the one that is held. */
  replace(entry: Entry, held: HeldTag): void {
    if (this.byId.get(held.state.id) !== entry) return;
    this.byName.delete(entry.held.state.name);
    entry.held = held;
    this.byName.set(held.state.name, entry);
  }

  drop(id: bigint, reason: keyof HeldTags['evictions']): void {
    if (this.remove(id)) this.evictions[reason]++;
  }

  private remove(id: bigint): boolean {
    const entry = this.byId.get(id);
    if (entry === undefined) return false;
    entry.readers.giveUp();
    this.byId.delete(id);
    if (this.byName.get(entry.held.state.name) === entry) {
      this.byName.delete(entry.held.state.name);
    }
    return true;
  }

  dropUnusedSince(time: number): void {
    for (const { held, usedAt } of this.all) if (usedAt < time) this.drop(held.state.id, 'disuse');
  }

  /** Notes a change that is not held yet; returns the entry it concerns, if any. */
  note(change: Change): Entry | undefined {
    const entry = change.tag === undefined ? undefined : this.byId.get(change.tag);
    if (entry === undefined) return undefined;
    if (change.revision !== undefined && change.revision <= entry.held.state.revision) {
      return undefined;
    }
    entry.pending.add(change);
    return entry;
  }

  private makeRoom(newest: Entry): void {
    const oldest = this.all.sort((a, b) => a.usedAt - b.usedAt);
    for (const entry of oldest) {
      if (this.bytes <= this.budget) return;
      if (entry !== newest) this.drop(entry.held.state.id, 'memory');
    }
  }
}
