import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  chmodSync,
  constants,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type DatabaseConnection } from '#database';
import { sql } from './postgres.js';
import { quietPort } from './quiet-port.js';
import { until } from './until.js';

/** PgBouncer refuses to be root. */
const NOBODY = 65_534;

/** A PgBouncer on this machine. */
export interface PgBouncerProgram {
  readonly path: string;
  /** `1.24.1` */
  readonly version: string;
  /** Whether it can keep prepared statements apart: from 1.21 on. */
  readonly keepsStatements: boolean;
}

/** Where there is one: in the variable PGBOUNCER, on the PATH, or where Debian puts it. */
export function pgBouncerHere(): PgBouncerProgram | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  const paths = [process.env['PGBOUNCER'] ?? '', ...folders.map((path) => join(path, 'pgbouncer'))];
  const path = paths.find(isExecutable);
  if (path === undefined) return undefined;
  const told = execFileSync(path, ['--version'], { encoding: 'utf8' });
  const [, major = '0', minor = '0', patch = '0'] = /(\d+)\.(\d+)\.(\d+)/.exec(told) ?? [];
  const keepsStatements = Number(major) > 1 || Number(minor) >= 21;
  return { path, version: `${major}.${minor}.${patch}`, keepsStatements };
}

/** A PgBouncer in front of a database that lends sessions for a transaction each. */
export class PgBouncer {
  private constructor(
    /** The database as it is reached through it. */
    readonly connection: DatabaseConnection,
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(
    program: PgBouncerProgram,
    target: DatabaseConnection,
    { sessions = 3, mode = 'transaction' }: { sessions?: number; mode?: 'transaction' | 'session' },
  ): Promise<PgBouncer> {
    const folder = mkdtempSync(join(tmpdir(), 'tempora-pgbouncer-'));
    chmodSync(folder, 0o755);
    const port = await quietPort();
    const settings = {
      listen_addr: '127.0.0.1',
      listen_port: port,
      unix_socket_dir: '',
      auth_type: 'plain',
      auth_file: join(folder, 'users'),
      pool_mode: mode,
      default_pool_size: sessions,
      max_client_conn: 1000,
      ...(program.keepsStatements ? { max_prepared_statements: 200 } : {}),
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
    const databases = `[databases]\n* = host=${target.host} port=${target.port}`;
    writeFileSync(join(folder, 'ini'), `${databases}\n[pgbouncer]\n${lines.join('\n')}\n`);
    writeFileSync(join(folder, 'users'), `"${target.user}" "${target.password}"\n`);
    const log = openSync(join(folder, 'log'), 'a');
    const child = spawn(program.path, [join(folder, 'ini')], {
      ...(process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
      stdio: ['ignore', log, log],
    });
    process.once('exit', () => child.kill());
    const connection = { ...target, host: '127.0.0.1', port };
    await until(() =>
      sql(connection, 'SELECT 1').then(
        () => true,
        () => false,
      ),
    );
    return new PgBouncer(connection, child, folder);
  }

  async stop(): Promise<void> {
    const gone = once(this.process, 'exit');
    this.process.kill('SIGQUIT');
    await gone;
    rmSync(this.folder, { recursive: true });
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return path !== '';
  } catch {
    return false;
  }
}
