import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type DataSourceOptions } from 'typeorm';
import { Reads } from './reads.js';
import { Transactions } from './transactions.js';

/** The way to the database: transactions to write, reads to read. */
@Global()
@Module({})
export class DatabaseModule {
  static with(options: DataSourceOptions): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [TypeOrmModule.forRoot({ ...options, autoLoadEntities: false, retryAttempts: 0 })],
      providers: [Reads, Transactions],
      exports: [Reads, Transactions],
    };
  }
}
