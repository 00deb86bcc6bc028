import { setTimeout as pause } from 'node:timers/promises';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Config, ConfigError, refuseUnprotected } from '#config';
import { awaitSchema, claimIovMode, DatabaseRefusal, type Log, migrate, schemaOf } from '#database';
import { Lifecycle } from '#health';
import { openTracing, type Tracing } from '#observability';
import { Problem } from '#problems';
import { createApp } from './app.setup.js';
import { Changes } from './database/changes.js';
import { DemoService } from './demo/demo.service.js';
import { ClosedDoor } from './http/closed-door.js';
import { openToAnybody } from './listen-address.js';
import { listenRefusal } from './listen-refusal.js';
import { Metrics } from './metrics/metrics.js';
import { MetricsListener } from './metrics/metrics-listener.js';
import { type OpenDatabase, openDatabase } from './open-database.js';
import { reportMigration } from './report-migration.js';
import { startLog } from './start-log.js';
import { welcome } from './welcome.js';

/** Clients that may wait to be let in: a campaign starts them by the thousand. Node's own is 511. */
const BACKLOG = 4096;
/** What closing may take after the requests are over, milliseconds. */
const CLOSING_MS = 2_000;
const ANSWERED_POLL_MS = 100;
/** Between two tries to take over a database, milliseconds. */
const UNREACHABLE_MS = 1_000;

export interface Service {
  /** Takes no new work, finishes what runs (bounded), closes the database. */
  stop(): Promise<void>;
  /** Rejects with a DatabaseRefusal if the database that it waits for turns out not to be usable. */
  readonly refused: Promise<never>;
}

/**
 * The whole service: database, schema, demo content, HTTP.
 * @throws ConfigError where others could reach it unprotected, and nobody has said that this is meant
 * @throws the reason of `stop` if that was aborted meanwhile; nothing is left running then
 */
export async function startService(config: Config, stop: AbortSignal): Promise<Service> {
  refuseUnprotected(config);
  const log = startLog(config.logLevel);
  const database = await openDatabase(config, log, stop);
  try {
    const migrated = await bringSchema(config, database, log, stop);
    if (migrated) await claimIovMode(database.direct, config.iovMode);
    const door = new ClosedDoor(migrated ? undefined : NOT_MIGRATED);
    const tracing = await traces(config, log);
    const app = await createApp(config, database.connection, door, tracing);
    let metrics: MetricsListener | undefined;
    try {
      await app.init();
      if (migrated) await loadDemo(config, app, database, log);
      stop.throwIfAborted();
      const { port, host } = config.http;
      metrics = await listenForMetrics(config, app, log);
      await app.listen({ port, host, backlog: BACKLOG });
    } catch (error) {
      await metrics?.close();
      await app.close();
      throw error;
    }
    const refused = new Promise<never>((_, reject) => {
      if (!migrated) openLater(config, app, { database, door, log, stop }).catch(reject);
    });
    if (!config.auth.enforced) log.warn(openToAnybody(app.getHttpServer().address()));
    const demo = migrated && (await app.get(DemoService, { strict: false }).isThere());
    console.log(welcome(await app.getUrl(), database, demo));
    const stopAll = async (): Promise<void> => {
      await close(config, app, database);
      await metrics?.close();
      await tracing?.stop();
    };
    return { stop: stopAll, refused };
  } catch (error) {
    await database.close();
    throw error;
  }
}

const NOT_MIGRATED = new Problem(
  'not-migrated',
  'The database does not have the tables of this version yet: run the migration (npm run migrate).',
);

/** @returns false if somebody else has still to migrate the database */
async function bringSchema(
  { database: { migrate: mayMigrate } }: Config,
  { direct, embedded }: OpenDatabase,
  log: Log,
  stop: AbortSignal,
): Promise<boolean> {
  if (mayMigrate) {
    reportMigration(await migrate(direct, { log, stop }), log);
    return true;
  }
  if ((await schemaOf(direct)) === 'current') return true;
  if (embedded) {
    // Nobody else can migrate it while we hold it.
    throw new DatabaseRefusal(
      'The embedded database is not migrated and CDB_MIGRATE is false: run npm run migrate first.',
    );
  }
  log.warn('The database is not migrated and CDB_MIGRATE is false: waiting for npm run migrate');
  return false;
}

async function traces({ tracing }: Config, log: Log): Promise<Tracing | undefined> {
  if (tracing === null) return undefined;
  const warn = (message: string): void => {
    log.warn(message);
  };
  return openTracing({ ...tracing, warn });
}

/** @throws ConfigError where it may not listen there */
async function listenForMetrics(
  { http: { metricsPort, host } }: Config,
  app: NestFastifyApplication,
  log: Log,
): Promise<MetricsListener | undefined> {
  if (metricsPort === null) return undefined;
  const metrics = app.get(Metrics, { strict: false });
  try {
    const listener = await MetricsListener.open(metricsPort, host, () => metrics.text);
    log.info(`Metrics are told on ${listener.url}`);
    return listener;
  } catch (error) {
    const refusal = listenRefusal(error, 'CDB_METRICS_PORT');
    throw refusal === undefined ? error : new ConfigError(refusal);
  }
}

async function openLater(
  config: Config,
  app: NestFastifyApplication,
  {
    database,
    door,
    log,
    stop,
  }: { database: OpenDatabase; door: ClosedDoor; log: Log; stop: AbortSignal },
): Promise<void> {
  try {
    await awaitUsable(config, database, stop);
    // Replicas may not have the tables yet.
    app.get(Changes, { strict: false }).written();
    door.open();
    log.info('The database is migrated: everything is answered from now on');
    await loadDemo(config, app, database, log);
  } catch (error) {
    if (error instanceof DatabaseRefusal) throw error;
    if (!stop.aborted) log.warn(`The demo content was not loaded (${String(error)})`);
  }
}

/** Waits until the database is migrated, and takes it over. */
async function awaitUsable(
  { iovMode }: Config,
  { direct }: OpenDatabase,
  stop: AbortSignal,
): Promise<void> {
  for (;;) {
    await awaitSchema(direct, stop);
    try {
      await claimIovMode(direct, iovMode);
      return;
    } catch (error) {
      if (error instanceof DatabaseRefusal) throw error;
      // Away again.
      await pause(UNREACHABLE_MS, undefined, { signal: stop });
    }
  }
}

async function loadDemo(
  { database: { demo } }: Config,
  app: NestFastifyApplication,
  { embedded }: OpenDatabase,
  log: Log,
): Promise<void> {
  if (!(demo ?? embedded)) return;
  if (await app.get(DemoService, { strict: false }).load()) log.info('Loaded the demo content.');
}

async function close(
  config: Config,
  app: NestFastifyApplication,
  database: OpenDatabase,
): Promise<void> {
  app.get(Lifecycle, { strict: false }).stop();
  const server = app.getHttpServer();
  // A connection that had a request when the stop began is kept open by its client afterwards.
  const answered = setInterval(() => {
    server.closeIdleConnections();
  }, ANSWERED_POLL_MS);
  const tooLong = setTimeout(() => {
    server.closeAllConnections();
  }, config.http.shutdownMs);
  // A statement that waits in the database cannot be waited for without bound.
  await Promise.race([
    app.close(),
    pause(config.http.shutdownMs + CLOSING_MS, null, { ref: false }),
  ]);
  clearInterval(answered);
  clearTimeout(tooLong);
  await database.close();
}
