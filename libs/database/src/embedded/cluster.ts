import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Log } from '../database-connection.js';
import { DatabaseRefusal } from '../database-refusal.js';
import { errorCode, errorMessage } from '../system-error.js';
import { type PostgresBinaries, openSystemDir } from './postgres-binaries.js';
import { isAlive, runProgram } from './run-program.js';
import { canReach, handOver, type ServerAccount } from './server-account.js';

/** A database folder of the embedded PostgreSQL, and what is needed to run it. */
export interface Cluster {
  /** the folder that the operator knows, as configured */
  dataDir: string;
  /** PostgreSQL's own folder, without symbolic links */
  dir: string;
  /** of the superuser {@link SUPERUSER} */
  password: string;
  account: ServerAccount | undefined;
  binaries: PostgresBinaries;
}

export const SUPERUSER = 'tempora';

const PASSWORD_FILE = 'tempora.password';
const SETTINGS_FILE = 'tempora.conf';
const STAGING_NAME = /^postgres\.new-(\d+)-/;

export const clusterLink = (dataDir: string) => join(dataDir, 'postgres');
export const logFile = (dataDir: string) => join(dataDir, 'postgres.log');

/**
 * Makes the folder that holds all data.
 *
 * @throws DatabaseRefusal if it cannot be made or written
 */
export function openDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(dataDir, error);
  }
}

/** Whether an embedded server has left its database in this folder. */
export function holdsCluster(dataDir: string): boolean {
  return existsSync(join(clusterLink(dataDir), 'PG_VERSION'));
}

/** Opens the database folder in `dataDir`, or makes a new one. */
export async function openCluster(
  options: Pick<Cluster, 'dataDir' | 'account' | 'binaries'> & {
    systemDir: string;
    durable: boolean;
    log: Log;
  },
): Promise<Cluster> {
  const { dataDir, account, binaries } = options;
  if (isEmpty(dataDir)) await createCluster(options);
  const link = clusterLink(dataDir);
  try {
    checkVersion(dataDir, binaries.version);
    const password = readFileSync(join(link, PASSWORD_FILE), 'utf8').trim();
    return { dataDir, dir: realpathSync(link), password, account, binaries };
  } catch (error) {
    throw unusable(dataDir, error);
  }
}

/** Writes the server settings of this start; `ALTER SYSTEM` overrules them. */
export function writeSettings(cluster: Cluster, settings: Record<string, string>): void {
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`,
  );
  const file = join(cluster.dir, SETTINGS_FILE);
  try {
    writeFileSync(
      file,
      `# Written by Tempora at each start; your own go into ALTER SYSTEM.\n${lines.join('')}`,
    );
    handOver(file, cluster.account);
  } catch (error) {
    throw unusable(cluster.dataDir, error);
  }
}

/** Removes what killed first starts left. */
export function removeLeftovers(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    const creator = STAGING_NAME.exec(name)?.[1];
    if (creator !== undefined && !isAlive(Number(creator))) {
      rmSync(join(dataDir, name), { recursive: true, force: true });
    }
  }
}

/** The sentence for a data folder that the file system keeps from us. */
export function unusable(dataDir: string, error: unknown): Error {
  if (error instanceof DatabaseRefusal) return error;
  const reasons: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    EEXIST: 'a file is in its place',
    ENOTDIR: 'a file is in its place',
  };
  const reason = reasons[errorCode(error)] ?? errorMessage(error);
  return new DatabaseRefusal(
    `The data folder ${dataDir} cannot be used (${reason}): ` +
      'set CDB_DATA_DIR to a folder that this user may write.',
  );
}

function isEmpty(dataDir: string): boolean {
  try {
    return readdirSync(clusterLink(dataDir)).length === 0;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true;
    throw unusable(dataDir, error);
  }
}

function checkVersion(dataDir: string, version: string): void {
  const link = clusterLink(dataDir);
  if (!statSync(join(link, 'PG_VERSION'), { throwIfNoEntry: false })) {
    throw new DatabaseRefusal(
      `The folder ${link} is not empty and no PostgreSQL data folder: ` +
        'set CDB_DATA_DIR to another folder, or move it away.',
    );
  }
  const found = readFileSync(join(link, 'PG_VERSION'), 'utf8').trim();
  const major = version.split('.')[0];
  if (found !== major) {
    throw new DatabaseRefusal(
      `The data folder ${dataDir} was written by PostgreSQL ${found}, but this is PostgreSQL ${version}: ` +
        'set CDB_DATA_DIR to another folder, or move the data over with pg_upgrade.',
    );
  }
  if (!statSync(join(link, PASSWORD_FILE), { throwIfNoEntry: false })) {
    throw new DatabaseRefusal(
      `The folder ${link} holds a PostgreSQL database that is not Tempora's: ` +
        'set CDB_DATA_DIR to another folder, or POSTGRES_HOST_W to use a running PostgreSQL.',
    );
  }
  if (process.getuid?.() === 0 && statSync(link).uid === 0) {
    throw new DatabaseRefusal(
      `The folder ${link} belongs to root, as whom PostgreSQL refuses to run: ` +
        'give it to another user (chown -R postgres), or start with a new data folder.',
    );
  }
}

/** Made aside and put into place in one step: a folder is whole or not there, whoever comes first. */
async function createCluster(options: Parameters<typeof openCluster>[0]): Promise<void> {
  const { dataDir, account, binaries, log } = options;
  const elsewhere = account !== undefined && !canReach(account, dataDir);
  if (elsewhere) openSystemDir(options.systemDir);
  let staging: string | undefined;
  try {
    const name = dataDir.replaceAll(/[^\w.]+/g, '-').replace(/^-/, '');
    staging = mkdtempSync(
      elsewhere
        ? join(options.systemDir, `${name}-`)
        : join(dataDir, `postgres.new-${process.pid}-`),
    );
    handOver(staging, account);
    log.info(`Creating a PostgreSQL ${binaries.version} database in ${dataDir}`);
    await initialise(staging, options);
    if (elsewhere) {
      symlinkSync(staging, clusterLink(dataDir));
      log.info(
        `PostgreSQL may not run as root, and others cannot enter ${dataDir}: its data is in ${staging}`,
      );
    } else {
      renameSync(staging, clusterLink(dataDir));
    }
  } catch (error) {
    if (staging !== undefined) rmSync(staging, { recursive: true, force: true });
    // Another start was quicker: its folder is as good.
    if (!isEmpty(dataDir)) return;
    throw unusable(dataDir, error);
  }
}

async function initialise(dir: string, options: Parameters<typeof openCluster>[0]): Promise<void> {
  const { account, binaries, durable } = options;
  const passwordFile = `${dir}.password`;
  writeFileSync(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  try {
    handOver(passwordFile, account);
    const run = await runProgram(
      binaries.initdb,
      [
        `--pgdata=${dir}`,
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--no-instructions',
        ...(durable ? [] : ['--no-sync']),
      ],
      account,
    );
    if (run.code !== 0) {
      throw new DatabaseRefusal(
        `The embedded PostgreSQL could not create its database (${run.output.trim().split('\n').at(-1) ?? ''}): ` +
          'set POSTGRES_HOST_W to use a PostgreSQL of your own.',
      );
    }
    writeFileSync(join(dir, 'postgresql.conf'), `\ninclude '${SETTINGS_FILE}'\n`, { flag: 'a' });
    renameSync(passwordFile, join(dir, PASSWORD_FILE));
  } finally {
    rmSync(passwordFile, { force: true });
  }
}
