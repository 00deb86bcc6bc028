/** The reference and Tempora as processes on one database. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MS = 120_000;

/** Runs a program to its end. @throws Error if it fails */
export async function run(program, args, options) {
  const [code] = await once(spawn(program, args, { stdio: 'inherit', ...options }), 'exit');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
}

/** What the reference reads: one database, no replicas. */
export function referenceEnvironment({ host, port, database, user, password }) {
  const env = { ...process.env, CDB_IOV_MODE: 'continuous' };
  for (const server of ['W', 'R1', 'R2']) {
    env[`POSTGRES_HOST_${server}`] = host;
    env[`POSTGRES_PORT_${server}`] = String(port);
    env[`POSTGRES_DB_${server}`] = database;
    env[`POSTGRES_USER_${server}`] = user;
    env[`POSTGRES_PASSWORD_${server}`] = password;
  }
  return env;
}

/** @param root a checkout of Nopayloaddb @param python one that has what it needs */
export async function startReference(root, python, connection, log) {
  const port = await freePort();
  const args = ['manage.py', 'runserver', '--noreload', `127.0.0.1:${port}`];
  return start(python, args, { cwd: root, env: referenceEnvironment(connection) }, port, log);
}

export async function startTempora(connection, log) {
  const port = await freePort();
  const { PATH } = process.env;
  const env = {
    PATH,
    PORT: String(port),
    CDB_LOG_LEVEL: 'warn',
    POSTGRES_HOST_W: connection.host,
    POSTGRES_PORT_W: String(connection.port),
    POSTGRES_DB_W: connection.database,
    POSTGRES_USER_W: connection.user,
    POSTGRES_PASSWORD_W: connection.password,
  };
  const main = join(import.meta.dirname, '../../dist/apps/api/src/main.js');
  return start(process.execPath, [main], { env }, port, log);
}

/** Resolves when the server answers. */
async function start(program, args, options, port, log) {
  const output = openSync(log, 'a');
  const child = spawn(program, args, { ...options, stdio: ['ignore', output, output] });
  const exited = once(child, 'exit');
  const base = `http://127.0.0.1:${port}/api/cdb_rest/`;
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill();
      throw new Error(`${args[0]} does not answer; see ${log}`);
    }
    const answer = await fetch(`${base}gtstatus`).catch(() => undefined);
    if (answer?.ok) break;
    await pause(200);
  }
  return {
    base,
    async stop() {
      child.kill();
      await exited;
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
