import { Inject, Injectable } from '@nestjs/common';
import { type PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { type Config } from '#config';
import { type Lease, ReadServers } from '#database';
import { Problem, problemOf, serverLost } from '#problems';
import { CONFIG } from '../config.token.js';
import { QueryWatch } from './query-watch.js';
import { execute, type Statement, watchQueries } from './query.js';

/**
 * PostgreSQL itself gives a statement up in time, and its connection is used again. One that says
 * nothing for so much longer is cut: what runs at its other end goes on, beside that which takes its place.
 */
const SILENCE_MS = 1_000;

/** Reads outside transactions. They may be answered by a replica. */
@Injectable()
export class Reads {
  constructor(
    private readonly dataSource: DataSource,
    private readonly servers: ReadServers,
    private readonly watch: QueryWatch,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The rows of a statement; int8 columns are bigint. */
  async rows<R extends object>(statement: Statement, values?: readonly unknown[]): Promise<R[]> {
    return this.withClient(async (client) => (await execute<R>(client, statement, values)).rows);
  }

  /** The only row, or undefined. */
  async row<R extends object>(
    statement: Statement,
    values?: readonly unknown[],
  ): Promise<R | undefined> {
    return (await this.rows<R>(statement, values))[0];
  }

  /**
   * Lends a connection for as long as `work` takes. If its server is lost the work is done again on
   * another. One on which the database has become silent is cut, and `work` fails.
   */
  async withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    if (!this.servers.any) return this.withPrimary(work);
    let lost: unknown;
    for await (const lease of this.servers.leases('reads', () => this.primary())) {
      try {
        return await this.inTime(lease.client, work);
      } catch (error) {
        if (!lease.lostBy(error)) throw error;
        lost = error;
      } finally {
        await lease.release();
      }
    }
    throw lost;
  }

  private async withPrimary<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const lease = await this.primary();
    try {
      return await this.inTime(lease.client, work);
    } finally {
      await lease.release();
    }
  }

  private async primary(): Promise<Lease> {
    const runner = this.dataSource.createQueryRunner('slave');
    try {
      const client = (await runner.connect()) as PoolClient;
      return { client, lostBy: serverLost, release: () => runner.release() };
    } catch (error) {
      await runner.release();
      throw error;
    }
  }

  private async inTime<T>(
    client: PoolClient,
    work: (client: PoolClient) => Promise<T>,
  ): Promise<T> {
    watchQueries(client, this.watch);
    const silence = new AbortController();
    const patience = setTimeout(() => {
      silence.abort();
      client.connection.stream.destroy();
    }, this.config.database.readTimeoutMs + SILENCE_MS);
    try {
      return await work(client);
    } catch (error) {
      // Elsewhere it would take as long.
      throw silence.signal.aborted || problemOf(error).code === 'statement-too-long'
        ? tooSlow(error)
        : error;
    } finally {
      clearTimeout(patience);
    }
  }
}

function tooSlow(cause: unknown): Problem {
  return new Problem(
    'database-unavailable',
    'The database has not answered in time. Try again in a few seconds.',
    [],
    { cause },
  );
}
