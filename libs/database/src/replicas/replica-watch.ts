import pg from 'pg';
import { clientConfig } from '../client-config.js';
import { type DatabaseConnection } from '../database-connection.js';
import { errorMessage } from '../system-error.js';
import { walPosition } from './wal-position.js';

/** What a server says of itself. */
export interface ReplicaStatus {
  /** Whether it follows a primary; a server that was promoted does not. */
  readonly follows: boolean;
  /** Somebody told it not to replay what it receives. */
  readonly paused: boolean;
  readonly replayed: bigint;
}

export interface ReplicaWatcher {
  heard(status: ReplicaStatus): void;
  lost(reason: string): void;
}

interface StatusRow {
  follows: boolean;
  paused: boolean;
  replayed: string;
}

const STATUS = `
  SELECT pg_is_in_recovery() AS follows,
         CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END AS paused,
         COALESCE(pg_last_wal_replay_lsn(), '0/0') AS replayed`;

const PROBE_MS = 250;
const SILENCE_MS = 1_500;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/** Asks a replica how it is, on a connection of its own; one that is gone, ever less often. */
export class ReplicaWatch {
  private client: pg.Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private retryMs = FIRST_RETRY_MS;
  private stopped = false;
  private asking = false;

  constructor(
    private readonly connection: DatabaseConnection,
    private readonly watcher: ReplicaWatcher,
  ) {}

  async start(): Promise<void> {
    if (this.stopped) return;
    const client = new pg.Client({
      ...clientConfig(this.connection),
      application_name: 'Tempora watch',
      connectionTimeoutMillis: SILENCE_MS,
      keepAlive: true,
    });
    client.on('error', (error) => {
      this.lose(client, errorMessage(error));
    });
    client.on('end', () => {
      this.lose(client, 'the connection was closed');
    });
    this.client = client;
    try {
      await client.connect();
    } catch (error) {
      this.lose(client, errorMessage(error));
      return;
    }
    await this.probe(client);
  }

  /** Somebody could not reach it: asks at once. */
  soon(): void {
    const { client } = this;
    if (client === undefined || this.asking) return;
    clearTimeout(this.timer);
    void this.probe(client);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async probe(client: pg.Client): Promise<void> {
    const silence = setTimeout(() => {
      // What came while we were busy ourselves is read first.
      setImmediate(() => {
        if (this.asking) this.lose(client, `no answer for ${SILENCE_MS} ms`);
      });
    }, SILENCE_MS);
    this.asking = true;
    try {
      const { rows } = await client.query<StatusRow>(STATUS);
      if (client !== this.client) return;
      this.retryMs = FIRST_RETRY_MS;
      for (const { follows, paused, replayed } of rows) {
        this.watcher.heard({ follows, paused, replayed: walPosition(replayed) });
      }
      this.timer = setTimeout(() => void this.probe(client), PROBE_MS);
      this.timer.unref();
    } catch (error) {
      this.lose(client, errorMessage(error));
    } finally {
      this.asking = false;
      clearTimeout(silence);
    }
  }

  private lose(client: pg.Client, reason: string): void {
    if (client !== this.client) return;
    this.client = undefined;
    clearTimeout(this.timer);
    client.connection.stream.destroy();
    if (this.stopped) return;
    this.watcher.lost(reason);
    this.timer = setTimeout(() => void this.start(), this.retryMs);
    this.timer.unref();
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }
}
