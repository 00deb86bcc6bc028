/** What the tests of all files share is made in jest's parent process, when the first of them asks. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import './register-typescript.mjs';

let postgres;
let sources;

const SHARED = {
  '/postgres': async () => (await (postgres ??= startPostgres())).connection,
  '/sources': () => (sources ??= compileSources()),
};

const door = createServer(({ url }, response) => {
  Promise.resolve(SHARED[url]?.()).then(
    (shared) => response.end(JSON.stringify(shared)),
    (error) => response.writeHead(500).end(String(error)),
  );
});

export async function openSharedDoor() {
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  process.env.TEMPORA_TEST_DOOR = `http://127.0.0.1:${door.address().port}`;
}

export async function closeSharedDoor() {
  door.closeAllConnections();
  door.close();
  await (await postgres)?.stop();
}

async function compileSources() {
  const { compiledFolder } = await import('./compile-sources.mjs');
  return await compiledFolder();
}

/** One PostgreSQL for the whole run. */
async function startPostgres() {
  const { migrate, startEmbeddedPostgres } = await import('#database');
  const { serverFolder } = await import('./server-folder.ts');
  const silent = { info: () => undefined, warn: () => undefined };
  const folder = serverFolder();
  const server = await startEmbeddedPostgres({
    dataDir: folder.path,
    durable: false,
    settings: { max_connections: '300', shared_buffers: '128MB' },
    log: silent,
  });
  await migrate(server.connection, { log: silent });
  return {
    // to the maintenance database, as superuser
    connection: { ...server.connection, database: 'postgres' },
    async stop() {
      await server.stop();
      await folder.remove();
    },
  };
}
