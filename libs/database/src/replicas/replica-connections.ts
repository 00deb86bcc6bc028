import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { Problem } from '#problems';
import { answerWithin } from '../answer-within.js';
import { clientConfig } from '../client-config.js';
import { ConnectionSockets } from '../connection-sockets.js';
import { type DatabaseConnection } from '../database-connection.js';
import { type PoolLoad, poolLoad } from '../pool-load.js';
import { type PreparedStatements, prepareSession } from '../prepare-session.js';
import { takesNames } from '../borrowed-session.js';
import { walPosition } from './wal-position.js';

/** What connections are for: answers that are read at once, or as slowly as a client takes them. */
export type Lane = 'reads' | 'streams';

export interface ReplicaPoolOptions {
  /** connections at most, each ≥ 1 */
  readonly sizes: Readonly<Record<Lane, number>>;
  /** how long to wait for one, milliseconds */
  readonly waitMs: number;
  /** how long one may work on a statement, milliseconds */
  readonly statementTimeoutMs: Readonly<Record<Lane, number>>;
  readonly prepared: PreparedStatements;
}

/** Who has replayed all that he received, and no less than whoever was asked before. */
export interface Newest {
  atLeast: bigint;
}

/** How current a connection must be: replayed up to a position, or, while nobody tells one, the newest. */
export type Need = bigint | Newest;

const CURRENCY = {
  name: 'replica-currency',
  text: `
    SELECT COALESCE(pg_last_wal_replay_lsn(), '0/0') AS replayed, pg_is_in_recovery() AS follows,
           COALESCE(pg_last_wal_receive_lsn(), '0/0') AS received`,
};

/** How long a server may take to tell that, milliseconds. */
const SILENCE_MS = 1_500;
/** How long it may take to replay what it has received, milliseconds, and how often it is asked. */
const PATIENCE_MS = 1_000;
const PAUSE_MS = 20;

interface CurrencyRow {
  replayed: string;
  follows: boolean;
  received: string;
}

interface Currency {
  readonly follows: boolean;
  readonly replayed: bigint;
  readonly received: bigint;
}

/** The connections to one replica, and what each is known to have replayed. */
export class ReplicaConnections {
  private readonly sockets = new ConnectionSockets();
  private readonly pools: Readonly<Record<Lane, pg.Pool>>;
  private readonly replayed = new WeakMap<pg.PoolClient, bigint>();

  constructor(
    connection: DatabaseConnection,
    { sizes, waitMs, statementTimeoutMs, prepared }: ReplicaPoolOptions,
  ) {
    const pool = (lane: Lane): pg.Pool => {
      const options = {
        ...clientConfig(connection),
        application_name: `Tempora ${lane}`,
        max: sizes[lane],
        connectionTimeoutMillis: waitMs,
        keepAlive: true,
        stream: this.sockets.stream,
        onConnect: prepareSession({
          lockTimeoutMs: 0,
          statementTimeoutMs: statementTimeoutMs[lane],
          prepared,
          waitMs,
          onlyPrimary: false,
        }),
      };
      const made = new pg.Pool(options);
      // Whoever uses one that breaks is told by its statement; nobody else needs to know.
      made.on('connect', (client) => client.on('error', () => undefined));
      made.on('error', () => undefined);
      return made;
    };
    this.pools = { reads: pool('reads'), streams: pool('streams') };
  }

  /** How many of a lane are in use or wanted, as a share of what there may be. */
  use(lane: Lane): number {
    const { used, waiting, max } = this.load(lane);
    return (used + waiting) / max;
  }

  load(lane: Lane): PoolLoad {
    return poolLoad(this.pools[lane]);
  }

  /**
   * A connection that is as current as needed; undefined if its server is behind.
   * @throws Problem overloaded if none comes free in time, and what connecting throws
   */
  async take(lane: Lane, need: Need): Promise<pg.PoolClient | undefined> {
    const client = await this.connect(this.pools[lane]);
    try {
      if (await this.isCurrent(client, need)) return client;
    } catch (error) {
      client.release(true);
      throw error;
    }
    client.release();
    return undefined;
  }

  /** Whoever waits for an answer is told that there is none, and whoever comes until it is allowed. */
  refuse(): void {
    this.sockets.refuse();
  }

  allow(): void {
    this.sockets.allow();
  }

  async end(): Promise<void> {
    await Promise.all(Object.values(this.pools).map((pool) => pool.end()));
  }

  private async connect(pool: pg.Pool): Promise<pg.PoolClient> {
    const full = pool.totalCount >= pool.options.max && pool.idleCount === 0;
    try {
      return await pool.connect();
    } catch (error) {
      if (!full || pool.totalCount < pool.options.max) throw error;
      throw new Problem(
        'overloaded',
        'More is asked of the database than it answers in time. Try again in a moment.',
        [],
        { cause: error },
      );
    }
  }

  private async isCurrent(client: pg.PoolClient, need: Need): Promise<boolean> {
    if (typeof need !== 'bigint') {
      const all = await replayedAll(client);
      if (all === undefined || all < need.atLeast) return false;
      need.atLeast = all;
      return true;
    }
    // What a server has replayed stays replayed: most often nothing has to be asked.
    if ((this.replayed.get(client) ?? -1n) >= need) return true;
    const { follows, replayed } = await currencyOf(client);
    if (!follows) return false;
    this.replayed.set(client, replayed);
    return replayed >= need;
  }
}

/**
 * How far a server is that has replayed, or has in a moment, what it had received when it was asked
 * first; else undefined.
 */
async function replayedAll(client: pg.PoolClient): Promise<bigint | undefined> {
  const first = await currencyOf(client);
  let { follows, replayed } = first;
  for (let ms = 0; follows && replayed < first.received && ms < PATIENCE_MS; ms += PAUSE_MS) {
    await pause(PAUSE_MS);
    ({ follows, replayed } = await currencyOf(client));
  }
  return follows && replayed >= first.received ? replayed : undefined;
}

async function currencyOf(client: pg.PoolClient): Promise<Currency> {
  const question = takesNames(client) ? CURRENCY : { text: CURRENCY.text };
  const asking = client.query<CurrencyRow>(question);
  const [row] = (await answerWithin(SILENCE_MS, client, asking)).rows;
  const { follows, replayed, received } = row ?? {
    follows: false,
    replayed: '0/0',
    received: '0/0',
  };
  return { follows, replayed: walPosition(replayed), received: walPosition(received) };
}
