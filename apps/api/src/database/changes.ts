import { setTimeout as pause } from 'node:timers/promises';
import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import {
  type Change,
  ChangeFeed,
  type DatabaseConnection,
  type Log,
  type ReadServers,
} from '#database';

/** How often a replica is asked what was missed, and how long its answer counts, milliseconds. */
const CHECK_MS = 500;
const CHECKED_MS = 1_000;

/** Somebody who remembers answers. */
export interface Rememberer {
  changed(change: Change): void;
  /** Whether nothing is remembered, nor being asked to be. */
  readonly isEmpty: boolean;
  /** Changes may have been missed: forget what cannot be shown to be right. */
  missed(): Promise<void>;
}

/** What changes in the database, heard as it is committed, by whomever. */
@Injectable()
export class Changes implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly rememberers: Rememberer[] = [];
  private readonly feed: ChangeFeed;
  /** Since when it is not known whether what is remembered is right; undefined: it is. */
  private deafSince: number | undefined = performance.now();
  private checkedUntil = 0;
  private checking = false;
  private stopped = false;
  readonly counts = { heard: 0, losses: 0 };

  constructor(
    connection: DatabaseConnection,
    private readonly servers: ReadServers,
    private readonly serveStaleMs: number,
    log: Log,
  ) {
    this.feed = new ChangeFeed(
      connection,
      {
        changed: (change) => {
          this.counts.heard++;
          this.written();
          if (change.untagged === true) return;
          for (const rememberer of this.rememberers) rememberer.changed(change);
        },
        caughtUp: async (primary) => {
          servers.primaryFound(primary);
          await this.missed();
          this.deafSince = undefined;
        },
        answered: () => {
          servers.primaryAnswered();
        },
        lost: () => {
          this.counts.losses++;
          this.deafSince ??= performance.now();
          servers.primaryLost();
          void this.check();
        },
      },
      log,
    );
    servers.follow(() => this.feed.passed());
  }

  /** Whether the primary itself tells what changes. */
  get told(): boolean {
    return this.feed.trusted;
  }

  /** Whether what was remembered may be used. */
  get heard(): boolean {
    return this.feed.trusted || this.checked;
  }

  /**
   * For how long it has not been known whether what was remembered is still so, milliseconds, where it
   * may be shown all the same; undefined: it is, or that is too long ago.
   */
  get staleMs(): number | undefined {
    if (this.heard || this.deafSince === undefined) return undefined;
    const ms = performance.now() - this.deafSince;
    return ms < this.serveStaleMs ? ms : undefined;
  }

  /** Whether no database answers, as far as is known. */
  get nobodyAnswers(): boolean {
    return (
      !this.feed.trusted && !this.servers.primary.reachable && !this.servers.onlyReplicasAnswer
    );
  }

  tell(rememberer: Rememberer): void {
    this.rememberers.push(rememberer);
  }

  /** Something was committed: who has not replayed it is not asked any more. */
  written(): void {
    this.servers.raise();
  }

  /**
   * Resolves when all that was committed before the call has been told to the rememberers; at once
   * if none remembers anything: what they ask from now on includes it.
   */
  async passed(): Promise<void> {
    if (this.rememberers.every(({ isEmpty }) => isEmpty)) return;
    await this.feed.passed();
  }

  async onApplicationBootstrap(): Promise<void> {
    this.servers.start();
    await this.feed.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await Promise.all([this.feed.stop(), this.servers.stop()]);
  }

  /** Nobody writes without the primary: what a replica has just shown to be right is so. */
  private get checked(): boolean {
    return performance.now() < this.checkedUntil && !this.servers.primary.reachable;
  }

  /** As long as changes are not heard, and only replicas answer, those are asked for what was missed. */
  private async check(): Promise<void> {
    if (this.checking) return;
    this.checking = true;
    while (!this.stopped && !this.feed.trusted) {
      await pause(CHECK_MS, undefined, { ref: false });
      if (this.servers.primary.reachable || !this.servers.onlyReplicasAnswer) continue;
      await this.missed().then(
        () => {
          // What the primary tells counts more.
          if (this.feed.trusted) return;
          this.deafSince = performance.now();
          this.checkedUntil = this.deafSince + CHECKED_MS;
        },
        () => undefined,
      );
    }
    this.checking = false;
  }

  private async missed(): Promise<void> {
    for (const rememberer of this.rememberers) await rememberer.missed();
  }
}
