import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type DatabaseConnection } from '#database';
import { serverFolder } from './server-folder.js';

/** One PostgreSQL for the whole run, in jest's parent process, started when a test first asks for it. */
interface SharedPostgres {
  /** to the maintenance database, as superuser */
  connection: DatabaseConnection;
  stop(): Promise<void>;
}

const silent = { info: () => undefined, warn: () => undefined };

let started: Promise<SharedPostgres> | undefined;

const door = createServer((_request, response) => {
  (started ??= start()).then(
    ({ connection }) => response.end(JSON.stringify(connection)),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});

export async function openSharedPostgres(): Promise<void> {
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  const { port } = door.address() as AddressInfo;
  process.env['TEMPORA_TEST_POSTGRES_URL'] = `http://127.0.0.1:${port}`;
}

export async function closeSharedPostgres(): Promise<void> {
  door.closeAllConnections();
  door.close();
  await (await started)?.stop();
}

async function start(): Promise<SharedPostgres> {
  // Tests of pure functions need not wait for it.
  const { migrate, startEmbeddedPostgres } = await import('#database');
  const folder = serverFolder();
  const server = await startEmbeddedPostgres({
    dataDir: folder.path,
    durable: false,
    settings: { max_connections: '300', shared_buffers: '128MB' },
    log: silent,
  });
  await migrate(server.connection, { log: silent });
  return {
    connection: { ...server.connection, database: 'postgres' },
    async stop() {
      await server.stop();
      await folder.remove();
    },
  };
}
