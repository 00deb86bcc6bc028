import pg from 'pg';
import { processOf } from '../borrowed-session.js';
import { clientConfig } from '../client-config.js';
import { ConnectionSockets } from '../connection-sockets.js';
import { type DatabaseConnection } from '../database-connection.js';
import { errorMessage } from '../system-error.js';
import { listenFor } from './silence.js';
import { walPosition } from './wal-position.js';

/** What a server says of itself. */
export interface ServerStatus {
  /** Whether it follows a primary; a server that was promoted does not. */
  readonly follows: boolean;
  /** Somebody told it not to replay what it receives. */
  readonly paused: boolean;
  /** How far it has replayed; of one that follows nobody, how far it has come itself. */
  readonly position: bigint;
}

export interface ServerWatcher {
  /** @returns whether that is a server of the kind that is looked for; else its name may lead to another */
  heard(status: ServerStatus): boolean;
  /** @param gone whether it cannot be reached at all; else it, or the way to it, ended a connection */
  lost(reason: string, gone: boolean): void;
}

interface StatusRow {
  follows: boolean;
  paused: boolean;
  position: string;
  pid: number;
}

const STATUS = `
  SELECT pg_backend_pid() AS pid, pg_is_in_recovery() AS follows,
         CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END AS paused,
         COALESCE(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                       ELSE pg_current_wal_flush_lsn() END, '0/0') AS position`;

const PROBE_MS = 250;
/** With the time between two probes less than the 2 s after which whoever writes is told. */
const SILENCE_MS = 1_500;
/** One that does not answer is asked on a new connection as well. */
const DOUBT_MS = 700;
/** Opening a connection is more work for a server than an answer on one. */
const CONNECT_SILENCE_MS = 5_000;
/** Others are answered, this connection is not. */
const STALLED_MS = 30_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 1_000;

/**
 * Asks a server how it is, on a connection of its own; one that is gone, ever less often. It is not gone
 * while anything is read from it, on any connection that is known of: an answer may be late because the
 * way is slow, or because a pooler has lent all its sessions.
 */
export class ServerWatch {
  private readonly sockets = new ConnectionSockets();
  private client: pg.Client | undefined;
  private pooled: boolean | undefined;
  private probing = false;
  private stopped = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly connection: DatabaseConnection,
    private readonly watcher: ServerWatcher,
    /** Other sockets to the same server. */
    private readonly others?: ConnectionSockets,
  ) {}

  async start(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!this.stopped) {
      if (await this.follow()) retryMs = FIRST_RETRY_MS;
      await this.pause(retryMs);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    }
  }

  /** Somebody could not reach it: asks at once. */
  soon(): void {
    if (this.probing) this.wake();
  }

  stop(): void {
    this.stopped = true;
    this.sockets.cut();
    this.wake();
  }

  /** Asks until the connection is lost; returns whether there was one, to a server of the right kind. */
  private async follow(): Promise<boolean> {
    const client = this.newClient();
    const broken = new AbortController();
    const breaks = (reason: Error): void => {
      broken.abort(reason);
      if (client === this.client) this.wake();
    };
    client.on('error', breaks);
    client.on('end', () => {
      breaks(new Error('the connection was closed'));
    });
    this.client = client;
    let connected = false;
    try {
      await this.connect(client);
      connected = this.probing = true;
      while (!broken.signal.aborted) {
        const status = await this.statusOf(client);
        if (status !== undefined && !this.watcher.heard(status)) return false;
        await this.pause(PROBE_MS);
      }
    } catch (error) {
      broken.abort(error);
    } finally {
      this.probing = false;
      this.client = undefined;
      client.connection.stream.destroy();
    }
    const reason: unknown = broken.signal.reason;
    if (!this.stopped) this.watcher.lost(errorMessage(reason), isGone(reason, connected));
    return connected;
  }

  private async connect(client: pg.Client): Promise<void> {
    const end = listenFor(this.bytesRead, ({ waited, silent }) => {
      if (silent >= CONNECT_SILENCE_MS) breakOff(client, new Silent(silent));
      else if (waited >= STALLED_MS) breakOff(client, new Stalled());
    });
    try {
      await client.connect();
    } finally {
      end();
    }
  }

  private async statusOf(client: pg.Client): Promise<ServerStatus | undefined> {
    let second: pg.Client | undefined;
    let asked = false;
    let answered = false;
    const giveUp = (reason: Error): void => {
      if (!answered) breakOff(client, reason);
    };
    const end = listenFor(this.bytesRead, ({ waited, silent }) => {
      if (silent >= SILENCE_MS) giveUp(new Silent(silent));
      else if (waited >= STALLED_MS) giveUp(new Stalled());
      else if (second === undefined && (asked ? silent : waited) >= DOUBT_MS) {
        asked = true;
        second = this.newClient();
        void this.askAnew(second, giveUp).then(() => {
          second = undefined;
        });
      }
    });
    try {
      const [row] = (await client.query<StatusRow>(STATUS)).rows;
      if (row === undefined) return undefined;
      this.pooled = row.pid !== processOf(client);
      return { follows: row.follows, paused: row.paused, position: walPosition(row.position) };
    } finally {
      answered = true;
      end();
      second?.connection.stream.destroy();
    }
  }

  /**
   * On a new connection, as the one before gets no answer. A pooler need not lend a session to answer
   * that; PostgreSQL itself would have answered on the other connection, too, if that still led to it.
   */
  private async askAnew(second: pg.Client, giveUp: (reason: Error) => void): Promise<void> {
    second.on('error', () => undefined);
    try {
      await second.connect();
      if (this.pooled === false) {
        await second.query(STATUS);
        giveUp(new Stalled());
      }
      await second.end();
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) giveUp(new Unreached(errorMessage(error)));
    }
  }

  private readonly bytesRead = (): number => this.sockets.bytesRead + (this.others?.bytesRead ?? 0);

  private newClient(): pg.Client {
    const options = {
      ...clientConfig(this.connection),
      application_name: 'Tempora watch',
      keepAlive: true,
      stream: this.sockets.stream,
    };
    return new pg.Client(options);
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.stopped) {
        resolve();
        return;
      }
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Nothing at all is read from the server. */
class Silent extends Error {
  constructor(ms: number) {
    super(`no answer for ${ms} ms`);
  }
}

/** No new connection to the server can be opened. */
class Unreached extends Error {}

/** Of this connection alone. */
class Stalled extends Error {
  constructor() {
    super('no answer on the connection that watches it');
  }
}

function breakOff(client: pg.Client, reason: Error): void {
  client.connection.stream.destroy(reason);
}

/** One that refuses a connection in words is there. */
function isGone(reason: unknown, connected: boolean): boolean {
  if (reason instanceof Silent || reason instanceof Unreached) return true;
  return !connected && !(reason instanceof pg.DatabaseError) && !(reason instanceof Stalled);
}
