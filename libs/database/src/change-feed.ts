import pg from 'pg';
import { answerWithin } from './answer-within.js';
import { type Change, changeOf } from './change.js';
import { clientConfig } from './client-config.js';
import { type DatabaseConnection, type Log } from './database-connection.js';
import { sharesSessions } from './own-sessions.js';
import { walPosition } from './replicas/wal-position.js';
import { errorMessage } from './system-error.js';

export interface ChangeListener {
  /** A change was committed, here or anywhere. Called at once, in the order of the commits. */
  changed(change: Change): void;
  /**
   * The feed runs (again): what changes from now on will be told. What changed before may have been
   * missed. The feed is trusted once this has resolved.
   * @param primary another for another server, and for one that was started anew
   */
  caughtUp(primary: string): Promise<void>;
  /** The primary has answered. */
  answered(): void;
  /** The feed does not run. */
  lost(): void;
}

/** How the connection is named that each running server has. */
export const SESSION_OF_SERVERS = 'Tempora changes';

/** Whoever answers this is a primary. */
const POSITION = 'SELECT pg_current_wal_insert_lsn() AS position';
const PRIMARY = `
  SELECT concat_ws(' ', pg_postmaster_start_time(), inet_server_addr(), inet_server_port()) AS primary
  FROM pg_current_wal_insert_lsn()`;

/** What was told in a session that is lent would be told to somebody else. */
const NOT_ITS_OWN =
  'a pooler lends sessions for a transaction each: CDB_DIRECT_URL is to lead past it';

const CHANNEL = 'tempora';
const HEARTBEAT_MS = 500;
const SILENCE_MS = 1_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 1_000;
/** So long connecting may take, and so long each statement. */
const CONNECT_MS = 2_000;
const PATIENCE_MS = 5_000;
/** A server that has fallen silent does not close the connection either. */
const GOODBYE_MS = 500;

/**
 * Listens to the changes of the database on a connection of its own, for as long as the service
 * runs. While it is not {@link trusted} nothing that was remembered may be used.
 */
export class ChangeFeed {
  private client: pg.Client | undefined;
  private isTrusted = false;
  private stopped = false;
  private retryMs = FIRST_RETRY_MS;
  private timer: NodeJS.Timeout | undefined;
  private passing: Promise<bigint | undefined> | undefined;
  private waiting: Promise<bigint | undefined> | undefined;

  constructor(
    private readonly connection: DatabaseConnection,
    private readonly listener: ChangeListener,
    private readonly log: Log,
  ) {}

  /** Whether every change committed until now has been told, or is about to be. */
  get trusted(): boolean {
    return this.isTrusted;
  }

  /** Connects, and again whenever the connection is lost. Resolves after the first try. */
  async start(): Promise<void> {
    if (this.stopped) return;
    const client = new pg.Client({
      ...clientConfig(this.connection),
      application_name: SESSION_OF_SERVERS,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: PATIENCE_MS,
      keepAlive: true,
    });
    client.on('error', (error) => {
      this.lose(client, errorMessage(error));
    });
    client.on('end', () => {
      this.lose(client, 'the connection was closed');
    });
    client.on('notification', ({ payload }) => {
      if (client === this.client) this.listener.changed(changeOf(payload));
    });
    this.client = client;
    try {
      await client.connect();
      if (await sharesSessions(client, this.connection)) throw new Error(NOT_ITS_OWN);
      await client.query(`LISTEN ${CHANNEL}`);
      const [row] = (await client.query<{ primary: string }>(PRIMARY)).rows;
      await this.listener.caughtUp(row?.primary ?? '');
      if (client !== this.client) return;
      this.isTrusted = true;
      this.retryMs = FIRST_RETRY_MS;
      this.listener.answered();
      this.beat(client);
    } catch (error) {
      this.lose(client, errorMessage(error));
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.isTrusted = false;
    clearTimeout(this.timer);
    const client = this.client;
    this.client = undefined;
    if (client) await answerWithin(GOODBYE_MS, client, client.end());
  }

  /**
   * Resolves when everything that was committed before the call has been told, with a position that
   * it lies before: PostgreSQL delivers what is pending before it answers a question on the same
   * connection. At once and without one if the feed is not trusted: nothing remembered is used then
   * anyway.
   */
  async passed(): Promise<bigint | undefined> {
    if (!this.isTrusted) return undefined;
    // A question that is under way may have been answered already: those who come meanwhile share
    // the next one.
    this.waiting ??= (this.passing ?? Promise.resolve(undefined)).then(() => {
      this.waiting = undefined;
      this.passing = this.ask().finally(() => {
        this.passing = undefined;
      });
      return this.passing;
    });
    return this.waiting;
  }

  private async ask(): Promise<bigint | undefined> {
    const client = this.client;
    if (client === undefined || !this.isTrusted) return undefined;
    let waiting = true;
    const silence = setTimeout(() => {
      // What came while we were busy ourselves is read first.
      setImmediate(() => {
        if (waiting) this.lose(client, `no answer for ${SILENCE_MS} ms`);
      });
    }, SILENCE_MS);
    try {
      const position = await positionOf(client);
      if (client !== this.client) return undefined;
      this.listener.answered();
      return position;
    } catch (error) {
      this.lose(client, errorMessage(error));
      return undefined;
    } finally {
      waiting = false;
      clearTimeout(silence);
    }
  }

  private beat(client: pg.Client): void {
    this.timer = setTimeout(() => {
      void this.passed().then(() => {
        if (client === this.client) this.beat(client);
      });
    }, HEARTBEAT_MS);
    this.timer.unref();
  }

  private lose(client: pg.Client, reason: string): void {
    if (client !== this.client) return;
    this.client = undefined;
    this.isTrusted = false;
    clearTimeout(this.timer);
    client.connection.stream.destroy();
    if (this.stopped) return;
    this.listener.lost();
    this.log.warn(`Changes of the database are not heard (${reason}): every answer is read anew`);
    this.timer = setTimeout(() => void this.start(), this.retryMs);
    this.timer.unref();
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }
}

async function positionOf(client: pg.Client): Promise<bigint> {
  const { rows } = await client.query<{ position: string }>(POSITION);
  return walPosition(rows[0]?.position ?? '0/0');
}
