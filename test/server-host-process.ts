/**
 * Runs applications for tests, as many as its parent asks for, each on a port of its own. Jest itself
 * cannot: on Node 20 it loads no ES module that a CommonJS package requires.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { readConfig } from '#config';
import { type DatabaseConnection } from '#database';
import { createApp } from '../apps/api/src/app.setup.js';

/** What the parent asks: an application on this database, the end of one, or what all of them hold in memory. */
export type HostRequest =
  | { id: number; start: { env: Record<string, string>; connection: DatabaseConnection } }
  | { id: number; stop: true }
  | { id: number; memory: true };

/** What it is told. */
export type HostReply = { id: number; told: string } | { id: number; error: string };

const apps = new Map<number, NestFastifyApplication>();

process.on('message', (request: HostRequest) => {
  done(request).then(
    (told) => process.send?.({ id: request.id, told }),
    (error: unknown) => process.send?.({ id: request.id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());

function done(request: HostRequest): Promise<string> {
  if ('start' in request) return start(request);
  return 'stop' in request ? stop(request) : memory();
}

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

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that are in use: what is garbage is taken away before. */
async function memory(): Promise<string> {
  for (let i = 0; i < 3; i++) {
    await new Promise(setImmediate);
    collectGarbage();
  }
  const { heapUsed, external } = process.memoryUsage();
  return String(heapUsed + external);
}
