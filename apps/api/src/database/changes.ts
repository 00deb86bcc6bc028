import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { type Change, ChangeFeed, type DatabaseConnection, type Log } from '#database';

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

  constructor(connection: DatabaseConnection, log: Log) {
    this.feed = new ChangeFeed(
      connection,
      {
        changed: (change) => {
          for (const rememberer of this.rememberers) rememberer.changed(change);
        },
        caughtUp: async () => {
          for (const rememberer of this.rememberers) await rememberer.missed();
        },
      },
      log,
    );
  }

  /** Whether what was remembered may be used. */
  get heard(): boolean {
    return this.feed.trusted;
  }

  tell(rememberer: Rememberer): void {
    this.rememberers.push(rememberer);
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
    await this.feed.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.feed.stop();
  }
}
