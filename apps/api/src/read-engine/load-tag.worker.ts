import { parentPort, workerData } from 'node:worker_threads';
import pg from 'pg';
import { clientConfig, type DatabaseConnection } from '#database';
import { type LoadRequest, loadTag, TooLarge } from './load-tag.js';

/** Loads one large tag beside the event loop, over a connection of its own, into shared memory. */
const { connection, request } = workerData as {
  connection: DatabaseConnection;
  request: LoadRequest;
};

const client = new pg.Client({ ...clientConfig(connection), application_name: 'Tempora load' });
client.on('error', () => undefined);
await client.connect();
try {
  parentPort?.postMessage({ loaded: await loadTag(client, request) });
} catch (error) {
  if (!(error instanceof TooLarge)) throw error;
  parentPort?.postMessage({ tooLarge: true });
} finally {
  client.end().catch(() => undefined);
}
