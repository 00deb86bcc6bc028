import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { type DatabaseConnection, migrate, startEmbeddedPostgres } from '#database';
import { loadDatabase } from './load-database.js';
import { progress } from './progress.js';
import { type Scenario } from './scenarios.js';
import { freePort } from './server-under-test.js';

const LOG = { info: progress, warn: progress };
const SETTINGS = { shared_buffers: '128MB', wal_keep_size: '128MB', max_connections: '100' };
const POLL_MS = 50;

/** A PostgreSQL server of its own. */
export interface DatabaseServer {
  readonly connection: DatabaseConnection;
  readonly pid: number;
}

/** A primary and servers that stream its log, on cold copies of one filled database. */
export class ReplicatedDatabase {
  readonly #processes: ChildProcess[] = [];
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @returns the primary first */
  static async start(
    scenario: Scenario,
    replicas: number,
  ): Promise<{ servers: readonly DatabaseServer[]; stop(): Promise<void> }> {
    const folder = mkdtempSync(join(tmpdir(), 'tempora-bench-'));
    chmodSync(folder, 0o755);
    const database = new ReplicatedDatabase(folder);
    try {
      const servers = await database.#start(scenario, replicas);
      return { servers, stop: () => database.#stop() };
    } catch (error) {
      await database.#stop();
      throw error;
    }
  }

  async #start(scenario: Scenario, replicas: number): Promise<DatabaseServer[]> {
    const template = join(this.#folder, 'template');
    const made = await startEmbeddedPostgres({
      dataDir: template,
      durable: false,
      settings: SETTINGS,
      log: LOG,
    });
    try {
      await migrate(made.connection, { log: LOG });
      await loadDatabase(made.connection, [scenario]);
    } finally {
      await made.stop();
    }
    const data = join(template, 'postgres');
    const primary = await this.#copy(data, made.connection);
    const servers = [primary];
    for (let i = 0; i < replicas; i++) {
      servers.push(await this.#copy(data, made.connection, primary.connection));
    }
    return servers;
  }

  async #copy(
    data: string,
    connection: DatabaseConnection,
    primary?: DatabaseConnection,
  ): Promise<DatabaseServer> {
    const port = await freePort();
    const to = join(this.#folder, String(port));
    await promisify(execFile)('cp', ['-a', data, to]);
    if (primary) {
      const { host, user, password } = primary;
      const from = `host=${host} port=${primary.port} user=${user} password=${password}`;
      writeFileSync(join(to, 'postgresql.auto.conf'), `primary_conninfo = '${from}'\n`);
      writeFileSync(join(to, 'standby.signal'), '');
    }
    const [program = ''] = readFileSync(join(data, 'postmaster.opts'), 'utf8').split(' "');
    const log = openSync(`${to}.log`, 'a');
    const account = process.getuid?.() === 0 ? statSync(data) : undefined;
    const child = spawn(program, ['-D', to, '-p', String(port)], {
      ...(account && { uid: account.uid, gid: account.gid }),
      cwd: '/',
      env: { LC_ALL: 'C' },
      stdio: ['ignore', log, log],
    });
    this.#processes.push(child);
    const server = { connection: { ...connection, port }, pid: child.pid ?? 0 };
    while (!(await answers(server.connection))) await pause(POLL_MS);
    return server;
  }

  async #stop(): Promise<void> {
    for (const child of this.#processes.reverse()) {
      if (child.exitCode !== null) continue;
      const gone = once(child, 'exit');
      child.kill('SIGQUIT');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function answers(connection: DatabaseConnection): Promise<boolean> {
  const client = new Client(connection);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
