/**
 * Runs applications for tests, as many as its parent asks for, each on a port of its own. Jest itself
 * cannot: on Node 20 it loads no ES module that a CommonJS package requires.
 */
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { readConfig } from '#config';
import { type DatabaseConnection } from '#database';
import { createApp } from '../apps/api/src/app.setup.js';

/** What the parent asks: an application on this database, or the end of one. */
export type HostRequest =
  | { id: number; start: { env: Record<string, string>; connection: DatabaseConnection } }
  | { id: number; stop: true };

/** What it is told. */
export type HostReply = { id: number; url: string } | { id: number; error: string };

const apps = new Map<number, NestFastifyApplication>();

process.on('message', (request: HostRequest) => {
  ('start' in request ? start(request) : stop(request)).then(
    (url) => process.send?.({ id: request.id, url }),
    (error: unknown) => process.send?.({ id: request.id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());

async function start({ id, start }: Extract<HostRequest, { start: object }>): Promise<string> {
  const app = await createApp(readConfig(start.env), start.connection);
  await app.listen(0, '127.0.0.1');
  apps.set(id, app);
  return app.getUrl();
}

async function stop({ id }: HostRequest): Promise<string> {
  const app = apps.get(id);
  apps.delete(id);
  // A test that has failed may have left requests open.
  app?.getHttpServer().closeAllConnections();
  await app?.close();
  return '';
}
