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
  readonly counts = { heard: 0, losses: 0 };

  constructor(
    connection: DatabaseConnection,
    private readonly servers: ReadServers,
    log: Log,
  ) {
    this.feed = new ChangeFeed(
      connection,
      {
        changed: (change) => {
          this.counts.heard++;
          this.written();
          for (const rememberer of this.rememberers) rememberer.changed(change);
        },
        caughtUp: async (position) => {
          servers.primaryFound(position);
          for (const rememberer of this.rememberers) await rememberer.missed();
        },
        answered: () => {
          servers.primaryAnswered();
        },
        lost: () => {
          this.counts.losses++;
          servers.primaryLost();
        },
      },
      log,
    );
    servers.follow(() => this.feed.passed());
  }

  /** Whether what was remembered may be used. */
  get heard(): boolean {
    return this.feed.trusted;
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
    await Promise.all([this.feed.stop(), this.servers.stop()]);
  }
}
