import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Config } from '#config';
import { ReadServers } from '#database';
import { CONFIG } from '../config.token.js';
import { Changes } from '../database/changes.js';
import { QueryWatch } from '../database/query-watch.js';
import { Streams } from '../database/streams.js';
import { Transactions } from '../database/transactions.js';
import { InsertionService } from '../payload-iov/insertion.service.js';
import { PayloadIovModule } from '../payload-iov/payload-iov.module.js';
import { AnswerMemory } from '../read-engine/answer-memory.js';
import { Timelines } from '../read-engine/timelines.js';
import { buildFamily } from './build-family.js';
import { databaseFamilies } from './database-families.js';
import { insertionFamilies } from './insertion-families.js';
import { Metrics } from './metrics.js';
import { type DoorMeasures, requestFamilies } from './request-families.js';
import { timelineFamilies } from './timeline-families.js';

/** What is measured: read from whoever counts it, when somebody looks. */
@Module({})
export class MetricsModule {
  static with(door: DoorMeasures): DynamicModule {
    return {
      module: MetricsModule,
      imports: [PayloadIovModule],
      providers: [
        {
          provide: Metrics,
          inject: [
            CONFIG,
            DataSource,
            ReadServers,
            Streams,
            Changes,
            QueryWatch,
            Transactions,
            Timelines,
            AnswerMemory,
            InsertionService,
          ],
          useFactory: (
            config: Config,
            dataSource: DataSource,
            servers: ReadServers,
            streams: Streams,
            changes: Changes,
            watch: QueryWatch,
            transactions: Transactions,
            timelines: Timelines,
            memory: AnswerMemory,
            insertions: InsertionService,
          ) =>
            new Metrics([
              buildFamily(config),
              ...requestFamilies(door),
              ...databaseFamilies({
                ...{ dataSource, servers, streams, changes, watch, transactions },
                migrationsPending: door.migrationsPending,
              }),
              ...timelineFamilies(timelines, memory),
              ...insertionFamilies(insertions),
            ]),
        },
      ],
    };
  }
}
