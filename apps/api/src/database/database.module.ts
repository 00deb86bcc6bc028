import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type DataSourceOptions } from 'typeorm';
import { type Config } from '#config';
import { type DatabaseConnection, type Log, ReadServers } from '#database';
import { CONFIG } from '../config.token.js';
import { Changes } from './changes.js';
import { LongTransactions } from './long-transactions.js';
import { QueryWatch } from './query-watch.js';
import { Reads } from './reads.js';
import { type StreamOptions, Streams } from './streams.js';
import { Transactions } from './transactions.js';

/** The way to the database: transactions to write, reads to read. */
@Global()
@Module({})
export class DatabaseModule {
  static with(
    options: DataSourceOptions,
    long: DataSourceOptions,
    connection: DatabaseConnection,
    servers: ReadServers,
    streams: StreamOptions,
    watch: QueryWatch,
    log: Log,
  ): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [TypeOrmModule.forRoot({ ...options, autoLoadEntities: false, retryAttempts: 0 })],
      providers: [
        { provide: ReadServers, useValue: servers },
        {
          provide: Changes,
          inject: [CONFIG],
          useFactory: (config: Config) =>
            new Changes(connection, servers, config.serveStaleMs, log),
        },
        {
          provide: LongTransactions,
          inject: [Changes],
          useFactory: (changes: Changes) =>
            new LongTransactions(long, streams.atOnce, changes, watch),
        },
        { provide: Streams, useFactory: () => new Streams(connection, servers, watch, streams) },
        { provide: QueryWatch, useValue: watch },
        Reads,
        Transactions,
      ],
      exports: [Changes, LongTransactions, QueryWatch, ReadServers, Reads, Streams, Transactions],
    };
  }
}
