import { type Socket } from 'node:net';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import {
  clientConfig,
  type DatabaseConnection,
  type Lease,
  type PoolLoad,
  poolLoad,
  prepareSession,
  type ReadServers,
} from '#database';
import { Problem, serverLost } from '#problems';
import { type QueryWatch } from './query-watch.js';
import { watchQueries } from './query.js';
import { Turns } from './turns.js';

/** How long one more stream waits for another to end, milliseconds. */
const PATIENCE_MS = 3_000;
/** What answers that may be as long as a whole tag may take; the rest is for the clients of experiments. */
const WHOLE_TAGS_SHARE = 0.5;

export interface StreamOptions {
  /** how many may run at the same time, ≥ 1 */
  readonly atOnce: number;
  /** how long PostgreSQL may work on one statement, milliseconds */
  readonly statementTimeoutMs: number;
  /** where sockets to the primary come from; undefined: as usual */
  readonly stream: (() => Socket) | undefined;
}

/**
 * Reads that last as long as a client takes to read the answer. They have a few connections of their
 * own, so that clients that do not read hold up nothing but each other.
 */
@Injectable()
export class Streams implements OnApplicationShutdown {
  private readonly pool: Pool;
  private readonly atOnce: number;
  private readonly wholeTags: Turns;
  private running = 0;

  constructor(
    connection: DatabaseConnection,
    private readonly servers: ReadServers,
    private readonly watch: QueryWatch,
    { atOnce, statementTimeoutMs, stream }: StreamOptions,
  ) {
    this.atOnce = atOnce;
    const share = Math.max(1, Math.floor(atOnce * WHOLE_TAGS_SHARE));
    this.wholeTags = new Turns({
      atOnce: share,
      patienceMs: PATIENCE_MS,
      refusal: () => overloaded(`${share} exports and comparisons`),
    });
    const options = {
      ...clientConfig(connection),
      application_name: 'Tempora streams',
      max: atOnce,
      connectionTimeoutMillis: PATIENCE_MS,
      keepAlive: true,
      ...(stream === undefined ? {} : { stream }),
      onConnect: prepareSession({
        lockTimeoutMs: 0,
        statementTimeoutMs,
        prepared: 'auto',
        waitMs: PATIENCE_MS,
        onlyPrimary: true,
      }),
    };
    this.pool = new Pool(options);
    // One that breaks while nobody uses it is replaced when it is needed.
    this.pool.on('error', () => undefined);
  }

  /** How busy the connections to the primary are. */
  get load(): PoolLoad {
    return poolLoad(this.pool);
  }

  /**
   * Lends a connection for as long as a generator runs. One that is left before its end may be in
   * the middle of a transaction: its connection is closed rather than given back.
   * @throws Problem overloaded if as many as may are running, and go on
   */
  async *generate<T>(work: (client: PoolClient) => AsyncGenerator<T>): AsyncGenerator<T> {
    let lost: unknown;
    for await (const lease of this.leases()) {
      watchQueries(lease.client, this.watch);
      let begun = false;
      let whole = false;
      try {
        for await (const piece of work(lease.client)) {
          begun = true;
          yield piece;
        }
        whole = true;
        return;
      } catch (error) {
        if (begun || !lease.lostBy(error)) throw error;
        lost = error;
      } finally {
        await lease.release(!whole);
      }
    }
    throw lost;
  }

  /** The same, all that is read being of one snapshot of the database. */
  snapshot<T>(work: (client: PoolClient) => AsyncGenerator<T>): AsyncGenerator<T> {
    return this.generate(async function* (client) {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      yield* work(client);
      await client.query('COMMIT');
    });
  }

  /**
   * The same for what nobody's jobs wait for: exports and comparisons together take half of the
   * connections, so that however slowly they are read, the rest is there for others.
   * @throws Problem overloaded
   */
  snapshotOfWholeTags<T>(work: (client: PoolClient) => AsyncGenerator<T>): AsyncGenerator<T> {
    return this.wholeTags.generate(() => this.snapshot(work));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  private leases(): AsyncGenerator<Lease, void, undefined> {
    return this.servers.leases('streams', () => this.primary());
  }

  private async primary(): Promise<Lease> {
    const client = await this.connect();
    // The statement that runs fails as well; nobody else needs to hear of a connection that broke.
    const broken = (): void => undefined;
    client.on('error', broken);
    return {
      client,
      lostBy: serverLost,
      release: (unfinished = false) => {
        this.running--;
        client.off('error', broken);
        client.release(unfinished);
      },
    };
  }

  private async connect(): Promise<PoolClient> {
    try {
      const client = await this.pool.connect();
      this.running++;
      return client;
    } catch (error) {
      if (this.running < this.atOnce) throw error;
      throw overloaded(`${this.atOnce} answers of this kind`, error);
    }
  }
}

function overloaded(what: string, cause?: unknown): Problem {
  return new Problem(
    'overloaded',
    `The server is sending ${what} already, as many as it does at once. Try again in a moment.`,
    [],
    { cause },
  );
}
