import { type PoolClient } from 'pg';
import { Problem, serverLost } from '#problems';
import { type DatabaseConnection, type Log } from '../database-connection.js';
import { type PoolLoad } from '../pool-load.js';
import { errorCode, errorMessage } from '../system-error.js';
import { type Lag } from './primary-history.js';
import {
  type Lane,
  type Need,
  ReplicaConnections,
  type ReplicaPoolOptions,
} from './replica-connections.js';
import { type ServerStatus, ServerWatch, type ServerWatcher } from './server-watch.js';

/**
 * `promoted`: it follows no primary any more, and may know nothing of what is written now.
 * `diverged`: it has what the primary that there is never had, and cannot follow it.
 */
export const REPLICA_STATES = ['up', 'lagging', 'paused', 'promoted', 'diverged', 'down'] as const;
type ReplicaState = (typeof REPLICA_STATES)[number];

/** A connection of some server, for one piece of work. */
export interface Lease {
  readonly client: PoolClient;
  /** Whether an error is the server's: then the work may succeed elsewhere. */
  lostBy(error: unknown): boolean;
  /** @param unfinished whether the connection is in the middle of something: it is closed then */
  release(unfinished?: boolean): Promise<void> | void;
}

/** How a replica is, in numbers. */
export interface ReplicaMeasures {
  readonly name: string;
  readonly state: ReplicaState;
  /** undefined while nothing is heard of it. */
  readonly lag: Lag | undefined;
  readonly pools: Readonly<Record<Lane, PoolLoad>>;
}

export interface ReplicaOptions extends ReplicaPoolOptions {
  /**
   * How far it is behind, whether that is too far, and whether, if it was there at the probe before, too,
   * it follows another primary; asked at each probe.
   */
  lag(replayed: bigint): Lag & { readonly tooMuch: boolean; readonly elsewhere: boolean };
  readonly log: Log;
}

/** The standby cancels statements that need what was removed on the primary. */
const RECOVERY_CONFLICT = '40001';
const FIRST_SKIP_MS = 2;
const LONGEST_SKIP_MS = 100;

/** A server that streams the primary's WAL, as far as it is known. */
export class Replica implements ServerWatcher {
  readonly name: string;
  private readonly connections: ReplicaConnections;
  private readonly watch: ServerWatch;
  private currentState: ReplicaState = 'down';
  private reason = 'not asked yet';
  private lag: Lag | undefined;
  private replayed = 0n;
  private diverged = false;
  private skipMs = FIRST_SKIP_MS;
  private skipUntil = 0;

  constructor(
    connection: DatabaseConnection,
    private readonly options: ReplicaOptions,
  ) {
    this.name = `${connection.host}:${connection.port}`;
    this.connections = new ReplicaConnections(connection, options);
    this.watch = new ServerWatch(connection, this);
  }

  get state(): ReplicaState {
    return this.currentState;
  }

  /** How far it was when it was last asked. */
  get position(): bigint {
    return this.replayed;
  }

  /** Whether it is worth asking. */
  get usable(): boolean {
    return this.currentState === 'up' && performance.now() >= this.skipUntil;
  }

  start(): void {
    void this.watch.start();
  }

  async stop(): Promise<void> {
    this.watch.stop();
    await this.connections.end();
  }

  use(lane: Lane): number {
    return this.connections.use(lane);
  }

  /**
   * A connection that is as current as needed; undefined if there is none.
   * @throws Problem overloaded
   */
  async lend(lane: Lane, need: Need): Promise<Lease | undefined> {
    try {
      const client = await this.connections.take(lane, need);
      if (client !== undefined) {
        this.skipMs = FIRST_SKIP_MS;
        return this.lease(client);
      }
    } catch (error) {
      if (error instanceof Problem) {
        // Who waited for a server that was lost meanwhile asks another.
        if (this.currentState === 'up') throw error;
        return undefined;
      }
      this.suspect(errorMessage(error));
      return undefined;
    }
    // It will have replayed more in a moment.
    this.skipUntil = performance.now() + this.skipMs;
    this.skipMs = Math.min(this.skipMs * 2, LONGEST_SKIP_MS);
    return undefined;
  }

  heard({ follows, paused, position }: ServerStatus): boolean {
    this.connections.allow();
    if (!follows) {
      this.lag = undefined;
      this.become('promoted', 'it follows no primary');
      return false;
    }
    const { ms, bytes, tooMuch, elsewhere } = this.options.lag(position);
    this.lag = { ms, bytes };
    // Until it moves, which it does when it was made anew.
    this.diverged = position === this.replayed && (this.diverged || elsewhere);
    this.replayed = position;
    if (this.diverged) this.become('diverged', 'it has what the primary never had: make it anew');
    else if (paused) this.become('paused', 'its replay is paused');
    else if (tooMuch) this.become('lagging', `${Math.round(ms)} ms and ${bytes} bytes behind`);
    else this.become('up', '');
    return true;
  }

  lost(reason: string, gone: boolean): void {
    this.become('down', reason);
    // Where only one connection ended, others may be half-way through an answer.
    if (gone) this.connections.refuse();
  }

  get measures(): ReplicaMeasures {
    const { name, state, connections } = this;
    return {
      name,
      state,
      lag: state === 'down' ? undefined : this.lag,
      pools: { reads: connections.load('reads'), streams: connections.load('streams') },
    };
  }

  /** For the operator. */
  report(): Record<string, unknown> {
    return {
      role: 'replica',
      state: this.currentState,
      ...(this.lag === undefined
        ? {}
        : { lag_ms: Math.round(this.lag.ms), lag_bytes: Number(this.lag.bytes) }),
      ...(this.reason === '' ? {} : { message: this.reason }),
    };
  }

  private lease(client: PoolClient): Lease {
    let broken = false;
    return {
      client,
      lostBy: (error) => {
        broken = serverLost(error);
        if (broken) this.suspect(errorMessage(error));
        return broken || errorCode(error) === RECOVERY_CONFLICT;
      },
      release: (unfinished = false) => {
        client.release(broken || unfinished);
      },
    };
  }

  /** Out until it is asked, which is now. */
  private suspect(reason: string): void {
    this.become('down', reason);
    this.watch.soon();
  }

  private become(state: ReplicaState, reason: string): void {
    const before = this.currentState;
    this.currentState = state;
    this.reason = reason;
    if (state === before) return;
    if (state === 'up') this.options.log.info(`Replica ${this.name} answers questions`);
    else this.options.log.warn(`Replica ${this.name} is ${state} (${reason}): others are asked`);
  }
}
