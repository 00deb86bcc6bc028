import { type DynamicModule, Global, Module } from '@nestjs/common';
import { type Config } from '#config';
import {
  type DatabaseConnection,
  type Log,
  postgresOptions,
  Primary,
  ReadServers,
} from '#database';
import { HealthModule } from '#health';
import { type Access } from './auth/access.js';
import { AuthModule } from './auth/auth.module.js';
import { CdbRestModule } from './cdb-rest/cdb-rest.module.js';
import { CONFIG } from './config.token.js';
import { DatabaseModule } from './database/database.module.js';
import { type QueryWatch } from './database/query-watch.js';
import { DemoModule } from './demo/demo.module.js';
import { ENTITIES } from './entities.js';
import { GlobalTagDiffModule } from './global-tag-diff/global-tag-diff.module.js';
import { GlobalTagHistoryModule } from './global-tag-history/global-tag-history.module.js';
import { GlobalTagStatusModule } from './global-tag-status/global-tag-status.module.js';
import { GlobalTagModule } from './global-tag/global-tag.module.js';
import { IndexController } from './index.controller.js';
import { IovQueryModule } from './iov-query/iov-query.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { type DoorMeasures } from './metrics/request-families.js';
import { PayloadIovModule } from './payload-iov/payload-iov.module.js';
import { PayloadListModule } from './payload-list/payload-list.module.js';
import { PayloadTypeModule } from './payload-type/payload-type.module.js';
import { ReadEngineModule } from './read-engine/read-engine.module.js';
import { TagFileModule } from './tag-file/tag-file.module.js';

@Global()
@Module({})
class ConfigModule {
  static with(config: Config): DynamicModule {
    return {
      module: ConfigModule,
      providers: [{ provide: CONFIG, useValue: config }],
      exports: [CONFIG],
    };
  }
}

/** A bulk load of another client into the same tag is waited for, a session that sleeps is not. */
const LOCK_TIMEOUT_MS = 30_000;

/** What the modules are made with. */
export interface Foundations {
  readonly config: Config;
  readonly connection: DatabaseConnection;
  readonly access: Access;
  readonly log: Log;
  readonly watch: QueryWatch;
  readonly door: DoorMeasures;
}

/** The table of contents. */
@Module({})
export class AppModule {
  static with({ config, connection, access, log, watch, door }: Foundations): DynamicModule {
    const { poolSize, poolWaitMs, readTimeoutMs, statementTimeoutMs, streams } = config.database;
    const { replicas, maxReplicaLag } = config.database;
    const { preparedStatements: prepared } = config.database;
    const direct = config.database.direct ?? connection;
    const primary = new Primary(connection, log);
    const { stream } = primary;
    // Of a server that is reached on another way than the watch takes, that knows nothing.
    const directStream = direct === connection ? stream : undefined;
    const limits = { lockTimeoutMs: LOCK_TIMEOUT_MS, waitMs: poolWaitMs };
    const servers = new ReadServers({
      primary,
      replicas,
      sizes: { reads: poolSize, streams },
      waitMs: poolWaitMs,
      statementTimeoutMs: { reads: readTimeoutMs, streams: statementTimeoutMs },
      prepared,
      maxLag: maxReplicaLag,
      log,
    });
    return {
      module: AppModule,
      controllers: [IndexController],
      imports: [
        ConfigModule.with(config),
        DatabaseModule.with(
          {
            ...postgresOptions(connection, {
              poolSize,
              prepared,
              // Transactions that write set their own.
              statementTimeoutMs: readTimeoutMs,
              stream,
              ...limits,
            }),
            entities: ENTITIES,
          },
          {
            ...postgresOptions(direct, {
              poolSize: streams,
              applicationName: 'Tempora imports',
              statementTimeoutMs,
              stream: directStream,
              ...limits,
            }),
            entities: ENTITIES,
          },
          direct,
          servers,
          { atOnce: streams, statementTimeoutMs, stream: directStream },
          watch,
          log,
        ),
        AuthModule.with(access),
        ReadEngineModule.with(direct),
        HealthModule,
        GlobalTagStatusModule,
        PayloadTypeModule,
        GlobalTagModule,
        PayloadListModule,
        IovQueryModule,
        PayloadIovModule,
        GlobalTagDiffModule,
        GlobalTagHistoryModule,
        TagFileModule,
        CdbRestModule,
        DemoModule,
        MetricsModule.with(door),
      ],
    };
  }
}
