import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type ClientConfig } from 'pg';
import { DropInClient } from './drop-in-client.js';
import { type Origin } from './load.js';
import { ProcessMemory } from './process-memory.js';

/** As `npm start` does it. */
const START = ['--max-semi-space-size=8', 'dist/apps/api/src/main.js'];

const PATIENCE_MS = 60_000;
const ASK_AGAIN_AFTER_MS = 100;

/** The API server, started on the benchmark's database as an operator would start it. */
export class ServerUnderTest {
  readonly origin: Origin;
  readonly client: DropInClient;
  readonly memory: ProcessMemory;
  readonly pid: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, origin: Origin) {
    this.#child = child;
    this.origin = origin;
    this.client = new DropInClient(origin);
    this.pid = child.pid ?? 0;
    this.memory = new ProcessMemory(this.pid);
  }

  /**
   * Starts it; it may not be {@link ready} yet.
   *
   * @param log the file that what it prints is added to
   * @param settings environment variables
   */
  static async start(
    database: ClientConfig,
    log: string,
    settings: Record<string, string> = {},
  ): Promise<ServerUnderTest> {
    const origin = { host: '127.0.0.1', port: await freePort() };
    const output = openSync(log, 'a');
    const child = spawn(process.execPath, START, {
      env: { ...environment(database, origin), ...settings },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    return new ServerUnderTest(child, origin);
  }

  /** @throws Error if the server ends or is not ready within a minute */
  async ready(): Promise<void> {
    const { host, port } = this.origin;
    const deadline = performance.now() + PATIENCE_MS;
    while (performance.now() < deadline) {
      if (this.#ended()) throw new Error('The server under test ended at its start; see its log.');
      try {
        const answer = await fetch(`http://${host}:${port}/health/ready`);
        await answer.arrayBuffer();
        if (answer.status === 200) return;
      } catch {
        // It does not listen yet.
      }
      await pause(ASK_AGAIN_AFTER_MS);
    }
    throw new Error('The server under test was not ready within a minute; see its log.');
  }

  async stop(): Promise<void> {
    this.memory.stop();
    this.client.close();
    if (this.#ended()) return;
    this.#child.kill();
    await once(this.#child, 'exit');
  }

  #ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}

/** Its own settings may be tried out (`CDB_…`); another database may not be meant. */
const environment = (database: ClientConfig, origin: Origin): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^POSTGRES_/.test(name))),
  POSTGRES_HOST_W: String(database.host),
  POSTGRES_PORT_W: String(database.port),
  POSTGRES_DB_W: String(database.database),
  POSTGRES_USER_W: String(database.user),
  POSTGRES_PASSWORD_W: String(database.password),
  HOST: origin.host,
  PORT: String(origin.port),
  CDB_DEMO: 'false',
  CDB_PAYLOAD_BASE_URL: 'https://conditions.example.org/payloads/',
  CDB_LOG_LEVEL: 'warn',
  NODE_ENV: 'production',
});

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('No free port.');
  return address.port;
}
