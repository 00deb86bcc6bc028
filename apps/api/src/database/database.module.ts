import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type DataSourceOptions } from 'typeorm';
import { type DatabaseConnection, type Log } from '#database';
import { Changes } from './changes.js';
import { Reads } from './reads.js';
import { Transactions } from './transactions.js';

/** The way to the database: transactions to write, reads to read. */
@Global()
@Module({})
export class DatabaseModule {
  static with(options: DataSourceOptions, connection: DatabaseConnection, log: Log): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [TypeOrmModule.forRoot({ ...options, autoLoadEntities: false, retryAttempts: 0 })],
      providers: [
        { provide: Changes, useFactory: () => new Changes(connection, log) },
        Reads,
        Transactions,
      ],
      exports: [Changes, Reads, Transactions],
    };
  }
}
