import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type DataSourceOptions } from 'typeorm';
import { type DatabaseConnection, type Log } from '#database';
import { Changes } from './changes.js';
import { Reads } from './reads.js';
import { type StreamOptions, Streams } from './streams.js';
import { Transactions } from './transactions.js';

/** The way to the database: transactions to write, reads to read. */
@Global()
@Module({})
export class DatabaseModule {
  static with(
    options: DataSourceOptions,
    connection: DatabaseConnection,
    streams: StreamOptions,
    log: Log,
  ): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [TypeOrmModule.forRoot({ ...options, autoLoadEntities: false, retryAttempts: 0 })],
      providers: [
        { provide: Changes, useFactory: () => new Changes(connection, log) },
        { provide: Streams, useFactory: () => new Streams(connection, streams) },
        Reads,
        Transactions,
      ],
      exports: [Changes, Reads, Streams, Transactions],
    };
  }
}
