import { setTimeout as pause } from 'node:timers/promises';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Config } from '#config';
import { migrate } from '#database';
import { Lifecycle } from '#health';
import { createApp } from './app.setup.js';
import { DemoService } from './demo/demo.service.js';
import { type OpenDatabase, openDatabase } from './open-database.js';
import { reportMigration } from './report-migration.js';
import { startLog } from './start-log.js';
import { welcome } from './welcome.js';

/** What closing may take after the requests are over, milliseconds. */
const CLOSING_MS = 2_000;

export interface Service {
  /** Takes no new work, finishes what runs (bounded), closes the database. */
  stop(): Promise<void>;
}

/** The whole service: database, schema, demo content, HTTP. */
export async function startService(config: Config): Promise<Service> {
  const log = startLog(config.logLevel);
  const database = await openDatabase(config, log);
  try {
    if (config.database.migrate) {
      reportMigration(await migrate(database.connection, { log }), log);
    }
    const demo = config.database.demo ?? database.embedded;
    const app = await createApp(config, database.connection);
    try {
      await app.init();
      if (demo && (await app.get(DemoService, { strict: false }).load())) {
        log.info('Loaded the demo content.');
      }
      await app.listen(config.http.port, config.http.host);
    } catch (error) {
      await app.close();
      throw error;
    }
    console.log(welcome(await app.getUrl(), database, demo));
    return { stop: () => stop(config, app, database) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function stop(
  config: Config,
  app: NestFastifyApplication,
  database: OpenDatabase,
): Promise<void> {
  app.get(Lifecycle, { strict: false }).stop();
  const server = app.getHttpServer();
  const tooLong = setTimeout(() => {
    server.closeAllConnections();
  }, config.http.shutdownMs);
  // A statement that waits in the database cannot be waited for without bound.
  await Promise.race([
    app.close(),
    pause(config.http.shutdownMs + CLOSING_MS, null, { ref: false }),
  ]);
  clearTimeout(tooLong);
  await database.close();
}
