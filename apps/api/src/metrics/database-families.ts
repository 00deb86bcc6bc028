import { type PoolLoad, poolLoad, type ReadServers, REPLICA_STATES } from '#database';
import { counter, type Family, gauge, histogram, type Sample } from '#observability';
import { type Pool } from 'pg';
import { type DataSource } from 'typeorm';
import { type Changes } from '../database/changes.js';
import { type QueryWatch } from '../database/query-watch.js';
import { type Streams } from '../database/streams.js';
import { type Transactions } from '../database/transactions.js';

export interface DatabaseMeasures {
  readonly dataSource: DataSource;
  readonly servers: ReadServers;
  readonly streams: Streams;
  readonly changes: Changes;
  readonly watch: QueryWatch;
  readonly transactions: Transactions;
  readonly migrationsPending: () => boolean;
}

/** The servers of the database, the connections to them, and what is asked over these. */
export function databaseFamilies(measures: DatabaseMeasures): Family[] {
  return [
    ...poolFamilies(measures),
    ...queryFamilies(measures),
    ...serverFamilies(measures),
    gauge(
      'tempora_migrations_pending',
      '1 while everything is refused because somebody has still to migrate the database.',
      () => Number(measures.migrationsPending()),
    ),
  ];
}

function poolFamilies({ dataSource, servers, streams, transactions }: DatabaseMeasures): Family[] {
  const each = (samples: (load: PoolLoad) => [labels: Record<string, string>, value: number][]) =>
    function* (): Generator<Sample> {
      for (const [server, pool, load] of poolsOf(dataSource, servers, streams)) {
        for (const [labels, value] of samples(load)) yield [{ server, pool, ...labels }, value];
      }
    };
  return [
    gauge(
      'tempora_database_pool_max_connections',
      'Connections that a pool may have.',
      each(({ max }) => [[{}, max]]),
    ),
    gauge(
      'tempora_database_pool_connections',
      'Connections that a pool has, by state: `used` or `idle`.',
      each(({ used, idle }) => [
        [{ state: 'used' }, used],
        [{ state: 'idle' }, idle],
      ]),
    ),
    gauge(
      'tempora_database_pool_waiting',
      'Who waits for a connection of a pool.',
      each(({ waiting }) => [[{}, waiting]]),
    ),
    gauge(
      'tempora_database_writers_waiting',
      'Requests that wait for their turn to write.',
      () => transactions.writersWaiting,
    ),
  ];
}

function* poolsOf(
  dataSource: DataSource,
  servers: ReadServers,
  streams: Streams,
): Generator<readonly [server: string, pool: string, load: PoolLoad]> {
  const { master } = dataSource.driver as unknown as { master: Pool };
  yield ['primary', 'requests', poolLoad(master)];
  yield ['primary', 'streams', streams.load];
  for (const { name, pools } of servers.measures) {
    yield [name, 'requests', pools.reads];
    yield [name, 'streams', pools.streams];
  }
}

function queryFamilies({ watch, transactions }: DatabaseMeasures): Family[] {
  return [
    histogram(
      'tempora_database_query_duration_seconds',
      'Statements of requests by name, from being sent to being answered, seconds.',
      () => [...watch.durations].map(([query, took]) => [{ query }, took] as const),
    ),
    counter('tempora_database_query_errors_total', 'Statements that failed, by name.', () =>
      [...watch.errors].map(([query, count]) => [{ query }, count] as const),
    ),
    counter(
      'tempora_database_transactions_total',
      'Transactions that write, by outcome: `committed`, `failed`, or `repeated` after a deadlock.',
      () =>
        Object.entries(transactions.counts).map(
          ([outcome, count]) => [{ outcome }, count] as const,
        ),
    ),
    histogram(
      'tempora_database_transaction_duration_seconds',
      'Transactions that were committed, seconds.',
      () => [[{}, transactions.durations]],
    ),
  ];
}

function serverFamilies({ servers, changes }: DatabaseMeasures): Family[] {
  return [
    gauge(
      'tempora_replica_state',
      '1 for the state that a replica is in (`up`, `lagging`, `paused`, `promoted`, `diverged`, `down`), 0 for the others.',
      () =>
        servers.measures.flatMap(({ name, state }) =>
          REPLICA_STATES.map(
            (each) => [{ server: name, state: each }, Number(each === state)] as const,
          ),
        ),
    ),
    gauge('tempora_replica_lag_seconds', 'How far a replica is behind the primary, seconds.', () =>
      servers.measures.flatMap(({ name, lag }) =>
        lag === undefined ? [] : [[{ server: name }, lag.ms / 1000] as const],
      ),
    ),
    gauge('tempora_replica_lag_bytes', 'The same in bytes of what was written.', () =>
      servers.measures.flatMap(({ name, lag }) =>
        lag === undefined ? [] : [[{ server: name }, Number(lag.bytes)] as const],
      ),
    ),
    gauge('tempora_change_feed_up', '1 while the primary itself tells what changes.', () =>
      Number(changes.told),
    ),
    counter(
      'tempora_change_feed_losses_total',
      'How often the primary was not heard any more, or could not be reached.',
      () => changes.counts.losses,
    ),
    counter(
      'tempora_change_feed_changes_total',
      'Changes that were heard, of whomever.',
      () => changes.counts.heard,
    ),
  ];
}
