import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type Config } from '#config';
import { type Change } from '#database';
import { Histogram } from '#observability';
import { CONFIG } from '../config.token.js';
import { Changes, type Rememberer } from '../database/changes.js';
import { Reads } from '../database/reads.js';
import { type MaybeStale } from '../http/versioned-answer.js';
import { heldTag, type HeldTag } from './held-tag.js';
import { type Entry, HeldTags } from './held-tags.js';
import { TooLarge, type TagState } from './load-tag.js';
import { type TagVersion, versionText } from './tag-version.js';
import { includesAll, type ToRead } from './pending-changes.js';
import { REVISIONS, TAG_STATE_BY_NAME } from './read-tag.sql.js';
import { TagDemands } from './tag-demands.js';
import { TagLoader } from './tag-loader.js';
import { updateTag } from './update-tag.js';

/** A tag leaves when it was not asked for during this time. */
const DISUSE_MS = 30 * 60_000;
/** A tag that was too large is not tried again before, nor one that did not load. */
const TOO_LARGE_MS = 10 * 60_000;
const FAILED_MS = 3_000;
/** An update that met so many changes in a row that it had not been told of is given up. */
const MAX_INCOMPLETE = 32;
/** Readers wait so long for a change to be read; then SQL is quicker. */
const PATIENCE_MS = 50;
/** From this share of updated rows on a timeline is built anew. */
const REBUILD_SHARE = 0.25;
const HOUSEKEEPING_MS = 60_000;

/** From a small tag to one of millions of payloads. */
const LOAD_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** How much of what may be there is there. */
export interface TimelineMeasures {
  readonly tags: number;
  readonly bytes: number;
  /** Bytes that there may be. */
  readonly budget: number;
  /** Since the tag was loaded that has been here for longest, milliseconds; 0 where there is none. */
  readonly oldestMs: number;
  readonly evictions: HeldTags['evictions'];
}

/** The tags that are asked for often, in memory: what SQL would answer, without SQL. */
@Injectable()
export class Timelines implements Rememberer, OnApplicationShutdown {
  private readonly log = new Logger('Timelines');
  private readonly tags: HeldTags;
  private readonly budget: number;
  private readonly demands = new TagDemands();
  private readonly loading = new Map<string, Change[]>();
  private readonly housekeeping: NodeJS.Timeout;
  /** Grows whenever changes may have been missed: what was read before does not count. */
  private epoch = 0;
  /** Questions that were answered by it and that were not, and what was read for that. */
  readonly counts = { hits: 0, misses: 0, loaded: 0, tooLarge: 0, failed: 0, updated: 0 };
  readonly loadDurations = new Histogram(LOAD_SECONDS);

  constructor(
    private readonly changes: Changes,
    private readonly reads: Reads,
    private readonly loader: TagLoader,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.budget = config.timelineMemoryBytes;
    this.tags = new HeldTags(this.budget);
    changes.tell(this);
    this.housekeeping = setInterval(() => {
      this.tags.dropUnusedSince(Date.now() - DISUSE_MS);
    }, HOUSEKEEPING_MS);
    this.housekeeping.unref();
  }

  /**
   * The tag as it is now, if that is in memory; asking for it counts as demand. undefined: ask SQL.
   */
  current(name: string): HeldTag | undefined {
    const isUsed = this.budget > 0 && this.changes.heard;
    if (isUsed && this.tags.get(name) === undefined && !this.loading.has(name)) {
      if (this.demands.note(name)) void this.load(name);
    }
    return this.ready(name);
  }

  /** The same for who will ask otherwise if it is not there. */
  ready(name: string): HeldTag | undefined {
    const entry = this.changes.heard ? this.tags.get(name) : undefined;
    if (entry === undefined) return undefined;
    entry.usedAt = Date.now();
    if (!entry.pending.empty) return undefined;
    this.counts.hits++;
    return entry.held;
  }

  /**
   * The tag with all that was told before the call, if a change of it is just being read: then
   * waiting is quicker than SQL, for this reader and for those who write. undefined: ask SQL.
   */
  async soon(name: string): Promise<HeldTag | undefined> {
    const held = await this.updated(name);
    if (held === undefined) this.counts.misses++;
    else this.counts.hits++;
    return held;
  }

  /**
   * The tag as it was when it was last known to be so, if that is not too long ago: for who cannot ask
   * anybody. undefined: there is none, or changes are heard.
   */
  stale(name: string): MaybeStale<HeldTag> | undefined {
    const { staleMs } = this.changes;
    const entry = staleMs === undefined ? undefined : this.tags.get(name);
    if (staleMs === undefined || entry?.pending.empty !== true) return undefined;
    entry.usedAt = Date.now();
    return { shown: entry.held, staleMs };
  }

  /** The same, unless somebody may answer. */
  stranded(name: string): MaybeStale<HeldTag> | undefined {
    return this.changes.nobodyAnswers ? this.stale(name) : undefined;
  }

  /** What memory holds at the moment. */
  get measures(): TimelineMeasures {
    const loadedAt = this.tags.all.map((entry) => entry.loadedAt);
    return {
      tags: loadedAt.length,
      bytes: this.tags.bytes,
      budget: this.budget,
      oldestMs: loadedAt.length === 0 ? 0 : Date.now() - Math.min(...loadedAt),
      evictions: this.tags.evictions,
    };
  }

  get isEmpty(): boolean {
    return this.tags.isEmpty && this.loading.size === 0;
  }

  changed(change: Change): void {
    if (change.all === true) {
      for (const { held } of this.tags.all) this.tags.drop(held.state.id, 'change');
      this.epoch++;
      return;
    }
    for (const told of this.loading.values()) told.push(change);
    const entry = this.tags.note(change);
    if (entry !== undefined && !entry.updating) void this.update(entry);
  }

  /** Keeps the tags whose revision has not moved. */
  async missed(): Promise<void> {
    this.epoch++;
    const held = this.tags.all;
    if (held.length === 0) return;
    const rows = await this.reads.rows<TagVersion>(REVISIONS, [
      held.map((entry) => entry.held.state.id),
    ]);
    const versions = new Map(rows.map((row) => [row.id, versionText(row)]));
    for (const {
      held: { state },
      pending,
    } of held) {
      if (!pending.empty || versions.get(state.id) !== versionText(state))
        this.tags.drop(state.id, 'change');
    }
  }

  onApplicationShutdown(): void {
    clearInterval(this.housekeeping);
  }

  private async updated(name: string): Promise<HeldTag | undefined> {
    const entry = this.changes.heard ? this.tags.get(name) : undefined;
    if (entry === undefined || !entry.updating || !entry.quick) return undefined;
    const needs = entry.pending.latest;
    return needs === undefined ? undefined : entry.readers.wait(needs);
  }

  private async load(name: string): Promise<void> {
    if (this.loading.has(name)) return;
    const told: Change[] = [];
    const { epoch } = this;
    this.loading.set(name, told);
    try {
      const state = await this.reads.row<TagState>(TAG_STATE_BY_NAME, [name]);
      if (state === undefined) return;
      const request = { tag: state.id, mode: this.config.iovMode, budget: this.budget };
      const started = performance.now();
      const loaded = await this.loader.load(request, state.payloads);
      if (loaded === undefined || epoch !== this.epoch || !this.changes.heard) return;
      const entry = this.tags.put(heldTag(loaded, this.config.iovMode), Date.now());
      for (const change of told) this.tags.note(change);
      const ms = performance.now() - started;
      this.counts.loaded++;
      this.loadDurations.observe(ms / 1000);
      this.log.log(
        `${name}: ${state.payloads} payloads in memory, ${Math.round(entry.held.timeline.bytes / 2 ** 20)} MB, ` +
          `loaded in ${Math.round(ms)} ms`,
      );
      if (!entry.pending.empty) void this.update(entry);
    } catch (error) {
      const isTooLarge = error instanceof TooLarge;
      this.demands.putOff(name, isTooLarge ? TOO_LARGE_MS : FAILED_MS);
      const outgrown = this.tags.get(name);
      if (outgrown !== undefined) this.tags.drop(outgrown.held.state.id, 'change');
      if (isTooLarge) {
        this.counts.tooLarge++;
        this.log.log(`${name}: ${error.message}; SQL answers for it`);
      } else {
        this.counts.failed++;
        this.log.warn(`${name} did not load (${String(error)}); SQL answers for it`);
      }
    } finally {
      this.loading.delete(name);
    }
  }

  /** Reads what changed until nothing is pending; readers wait, but not for long. */
  private async update(entry: Entry): Promise<void> {
    entry.updating = true;
    const patience = setTimeout(() => {
      entry.quick = false;
      entry.readers.giveUp();
    }, PATIENCE_MS);
    const { id, name } = entry.held.state;
    try {
      while (!entry.pending.empty && this.tags.entry(id) === entry) {
        if (await this.updateOnce(entry)) {
          if (entry.incomplete === 0) patience.refresh();
          continue;
        }
        if (this.tags.entry(id) !== entry) return;
        this.tags.drop(id, 'change');
        void this.load(name);
        return;
      }
    } catch (error) {
      // The next demand loads it anew.
      this.tags.drop(id, 'change');
      this.log.warn(`${name} could not be updated (${String(error)})`);
    } finally {
      clearTimeout(patience);
      entry.readers.giveUp();
      entry.quick = true;
      entry.updating = false;
    }
  }

  /** @returns whether the tag could be updated; else it must be loaded anew */
  private async updateOnce(entry: Entry): Promise<boolean> {
    const { epoch } = this;
    const { id, revision: before } = entry.held.state;
    let read: ToRead | undefined;
    const updated = await this.reads.withClient(async (client) => {
      read = entry.pending.toRead();
      return read && (await updateTag(client, entry.held, read));
    });
    if (read === undefined || updated === undefined) return false;
    const { revision } = updated.state;
    if (!includesAll(read.revisions, before, revision)) {
      // The snapshot holds a change that was told too late to be read again, or not told at all.
      await this.changes.passed();
      return ++entry.incomplete < MAX_INCOMPLETE;
    }
    const heard = this.changes.heard && epoch === this.epoch;
    if (!heard || this.tags.entry(id) !== entry) return false;
    this.tags.replace(entry, updated);
    this.counts.updated++;
    entry.pending.settle(revision);
    entry.incomplete = 0;
    entry.quick = true;
    entry.readers.serve(updated);
    // Beside the one that answers, until it takes its place.
    if (updated.timeline.overlayShare >= REBUILD_SHARE) void this.load(updated.state.name);
    return true;
  }
}
