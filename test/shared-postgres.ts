import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatabaseConnection } from '#database';

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
  const dataDir = mkdtempSync(join(tmpdir(), 'tempora-test-'));
  chmodSync(dataDir, 0o755);
  const removal = removeWhenWeAreGone(dataDir);
  const server = await startEmbeddedPostgres({
    dataDir,
    durable: false,
    settings: { max_connections: '300', shared_buffers: '128MB' },
    log: silent,
  });
  await migrate(server.connection, { log: silent });
  return {
    connection: { ...server.connection, database: 'postgres' },
    async stop() {
      await server.stop();
      await removal.now();
    },
  };
}

/** A process that waits for our end, however it comes, and leaves nothing behind. */
function removeWhenWeAreGone(dataDir: string): { now(): Promise<void> } {
  const script = `
    cat >/dev/null
    pid=$(head -n 1 "$0/postgres/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" &&
      while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    rm -rf "$0"`;
  const watcher = spawn('sh', ['-c', script, dataDir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return {
    async now() {
      const gone = once(watcher, 'exit');
      watcher.stdin.end();
      await gone;
    },
  };
}
