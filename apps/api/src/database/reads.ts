import { Inject, Injectable } from '@nestjs/common';
import { type PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { type Config } from '#config';
import { CONFIG } from '../config.token.js';
import { execute, type Statement } from './query.js';

/** Reads outside transactions. They may be answered by a replica. */
@Injectable()
export class Reads {
  constructor(
    private readonly dataSource: DataSource,
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
   * Lends a connection for as long as `work` takes. One on which the database has become silent is
   * cut, and `work` fails.
   */
  async withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner('slave');
    try {
      const client = (await runner.connect()) as PoolClient;
      const silence = setTimeout(() => {
        client.connection.stream.destroy();
      }, this.config.database.readTimeoutMs);
      try {
        return await work(client);
      } finally {
        clearTimeout(silence);
      }
    } finally {
      await runner.release();
    }
  }
}
