import { Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import pg from 'pg';
import { clientConfig, type DatabaseConnection } from '#database';
import { type LoadRequest, loadTag, TooLarge } from './load-tag.js';

/** Loads one large tag beside the event loop, over a connection of its own, into shared memory. */
const { connection, request } = workerData as {
  connection: DatabaseConnection;
  request: LoadRequest;
};

/** Others wait for their turn: from a server that is silent for so long nothing more is expected. */
const CONNECT_MS = 10_000;
const SILENCE_MS = 300_000;

const client = new pg.Client({
  ...clientConfig(connection),
  application_name: 'Tempora load',
  connectionTimeoutMillis: CONNECT_MS,
  keepAlive: true,
});
client.on('error', () => undefined);
await client.connect();
const { stream } = client.connection;
if (stream instanceof Socket) stream.setTimeout(SILENCE_MS, () => stream.destroy());
try {
  parentPort?.postMessage({ loaded: await loadTag(client, request) });
} catch (error) {
  if (!(error instanceof TooLarge)) throw error;
  parentPort?.postMessage({ tooLarge: true });
} finally {
  client.end().catch(() => undefined);
}
