import pg from 'pg';
import { clientConfig } from '../client-config.js';
import { type DatabaseConnection } from '../database-connection.js';
import { errorMessage } from '../system-error.js';
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
}

const STATUS = `
  SELECT pg_is_in_recovery() AS follows,
         CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END AS paused,
         COALESCE(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                       ELSE pg_current_wal_flush_lsn() END, '0/0') AS position`;

const PROBE_MS = 250;
/** With the time between two probes less than the 2 s after which whoever writes is told. */
const SILENCE_MS = 1_500;
/** A timer that comes so late tells that this process was busy, or did not run. */
const LATE_MS = 200;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 1_000;

/** Asks a server how it is, on a connection of its own; one that is gone, ever less often. */
export class ServerWatch {
  private client: pg.Client | undefined;
  private probing = false;
  private stopped = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly connection: DatabaseConnection,
    private readonly watcher: ServerWatcher,
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
    this.client?.connection.stream.destroy();
    this.wake();
  }

  /** Asks until the connection is lost; returns whether there was one, to a server of the right kind. */
  private async follow(): Promise<boolean> {
    const client = new pg.Client({
      ...clientConfig(this.connection),
      application_name: 'Tempora watch',
      keepAlive: true,
    });
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
      await unlessSilent(client, client.connect());
      connected = this.probing = true;
      while (!broken.signal.aborted) {
        const status = await statusOf(client);
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

class Silent extends Error {
  constructor() {
    super(`no answer for ${SILENCE_MS} ms`);
  }
}

async function statusOf(client: pg.Client): Promise<ServerStatus | undefined> {
  const [row] = (await unlessSilent(client, client.query<StatusRow>(STATUS))).rows;
  return row && { ...row, position: walPosition(row.position) };
}

/** What is asked on a connection, which is cut if its server says nothing. */
async function unlessSilent<T>(client: pg.Client, asking: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const listen = (): void => {
    const began = performance.now();
    timer = setTimeout(() => {
      // Who was busy himself has not listened.
      if (performance.now() - began > SILENCE_MS + LATE_MS) listen();
      else client.connection.stream.destroy(new Silent());
    }, SILENCE_MS);
  };
  listen();
  try {
    return await asking;
  } finally {
    clearTimeout(timer);
  }
}

/** One that refuses a connection in words is there. */
function isGone(reason: unknown, connected: boolean): boolean {
  return reason instanceof Silent || (!connected && !(reason instanceof pg.DatabaseError));
}
