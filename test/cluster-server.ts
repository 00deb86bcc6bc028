import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { type DatabaseConnection } from '#database';
import { type DatabaseLine } from './database-line.js';
import { sql } from './postgres.js';
import { until } from './until.js';

/** How to run a server on its data folder. */
export interface ServerProgram {
  readonly postgres: string;
  /** Who runs it, where that is not us. */
  readonly account: { uid: number; gid: number } | undefined;
}

/** One PostgreSQL server of a cluster. */
export class ClusterServer {
  private process: ChildProcess | undefined;

  constructor(
    private readonly program: ServerProgram,
    private readonly dataDir: string,
    /** Straight to it. */
    readonly direct: DatabaseConnection,
    /** The way on which the service reaches it. */
    readonly line: DatabaseLine,
  ) {}

  get connection(): DatabaseConnection {
    return this.line.connection;
  }

  async start(): Promise<void> {
    const log = openSync(`${this.dataDir}.log`, 'a');
    this.process = spawn(
      this.program.postgres,
      ['-D', this.dataDir, '-p', String(this.direct.port)],
      { ...this.program.account, cwd: '/', env: { LC_ALL: 'C' }, stdio: ['ignore', log, log] },
    );
    await until(() =>
      this.sql('SELECT 1').then(
        () => true,
        () => false,
      ),
    );
  }

  /** As a crash: no transaction is finished, no client is told. */
  async kill(): Promise<void> {
    const running = this.process;
    this.process = undefined;
    if (running === undefined) return;
    const gone = once(running, 'exit');
    running.kill('SIGQUIT');
    await gone;
  }

  /** Who asks it on its line gets no answer; it goes on to receive what the primary writes. */
  fallSilent(): Promise<void> {
    this.line.fallSilent();
    return Promise.resolve();
  }

  mend(): Promise<void> {
    this.line.mend();
    return Promise.resolve();
  }

  /** Receives what the primary writes, and shows none of it. */
  async pause(): Promise<void> {
    await this.sql('SELECT pg_wal_replay_pause()');
  }

  async resume(): Promise<void> {
    await this.sql('SELECT pg_wal_replay_resume()');
  }

  /** Shows each commit so many milliseconds late from now on. */
  async lag(milliseconds: number): Promise<void> {
    await this.sql(`ALTER SYSTEM SET recovery_min_apply_delay = ${milliseconds}`);
    await this.sql('SELECT pg_reload_conf()');
  }

  /** Rows of a session of its own, straight to this server. */
  async sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]> {
    return sql<Row>(this.direct, text, values);
  }
}
