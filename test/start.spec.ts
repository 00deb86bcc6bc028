import { afterAll, describe, expect, it } from '@jest/globals';
import { dataFolder, isRunning, postmasterPid, removeDataFolders } from './data-folders.js';
import { createDatabase, emptyDatabase } from './postgres.js';
import {
  databaseEnvironment,
  endServices,
  runService,
  type ServiceProcess,
  startService,
} from './service-process.js';
import { REFERENCE_AUTH, SECRET, signed } from './token-issuer.js';

afterAll(async () => {
  await endServices();
  removeDataFolders();
});

interface Listed {
  items: { name: string; status: string }[];
  total: number;
}

/** A list of the native API. */
async function listed(service: ServiceProcess, what: string): Promise<Listed> {
  const { status, body } = await service.native.get(`${what}?page_size=100`);
  expect(status).toBe(200);
  return body as Listed;
}

async function expectDemoOnce(service: ServiceProcess): Promise<void> {
  const tags = await listed(service, 'global-tags');
  expect(tags.items.map(({ status }) => status).sort()).toEqual(['frozen', 'locked', 'unlocked']);
  expect((await listed(service, 'payload-types')).total).toBe(12);
}

/** It says in one sentence why it does not start, and no more. */
async function expectRefusal(env: Record<string, string>, sentence: RegExp): Promise<void> {
  const { code, stdout, stderr } = await runService(env);
  expect(stderr).toMatch(sentence);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(/\.\n$/);
  expect(stdout).not.toContain('Tempora is ready');
  expect(stdout).not.toContain('"level":50');
  expect(code).toBe(1);
}

describe('A start with nothing configured but where the data is', () => {
  const CDB_DATA_DIR = dataFolder();
  let service: ServiceProcess;

  it('tells where to go, and a question that has an answer', async () => {
    service = await startService({ CDB_DATA_DIR });
    const { stdout } = service.output;
    const urls = [...stdout.matchAll(/^ {2}(\S.*\S) {2,}(http:\S+)$/gm)];
    expect(urls.map(([, what, url]) => [what, url])).toEqual([
      ['Swagger UI', `${service.url}/api/docs`],
      ['Native API', `${service.url}/api/v1`],
      ['Drop-in API', `${service.url}/api/cdb_rest`],
      ['Health', `${service.url}/health/ready`],
    ]);
    for (const [, , url = ''] of urls) expect((await fetch(url)).status).toBe(200);
    const question = await fetch(/curl '(.*)'/.exec(stdout)?.[1] ?? '');
    expect(question.status).toBe(200);
    const { payloads } = (await question.json()) as { payloads: Record<string, object> };
    expect(payloads).toMatchObject({ BeamSpot: { payload_url: expect.any(String) } });
    expect(Object.keys(payloads).length).toBeGreaterThan(5);
  });

  it('has loaded the demo: a tag in each status, twelve types', async () => {
    await expectDemoOnce(service);
  });

  it('refuses a second one on the same data', async () => {
    await expectRefusal({ CDB_DATA_DIR }, /is in use by another Tempora \(process \d+\)/);
  });

  it('refuses a second one on the same port', async () => {
    const { host, port } = new URL(service.url);
    await expectRefusal(
      { ...databaseEnvironment(await createDatabase()), PORT: port },
      new RegExp(`Something else listens on ${host} already`),
    );
  });

  it('ends in good order by Ctrl-C and leaves no PostgreSQL behind', async () => {
    await service.dropIn.post('gt', { name: 'Kept', status: 'unlocked' });
    const postmaster = postmasterPid(CDB_DATA_DIR) ?? 0;
    expect(isRunning(postmaster)).toBe(true);
    service.signal('SIGINT');
    expect(await service.ended).toBe(0);
    expect(isRunning(postmaster)).toBe(false);
    expect(service.output.stderr).toBe('');
  });

  it('finds its data again, and does not load the demo again', async () => {
    const again = await startService({ CDB_DATA_DIR });
    const names = (await listed(again, 'global-tags')).items.map(({ name }) => name);
    expect(names).toHaveLength(4);
    expect(names).toContain('Kept');
    expect(again.output.stdout).not.toContain('Loaded the demo content');
    expect(await again.stop()).toBe(0);
  });
});

describe('A start', () => {
  it('without the demo asks nothing about it', async () => {
    const env = { ...databaseEnvironment(await createDatabase()), CDB_DEMO: 'true' };
    const first = await startService({ ...env, CDB_DEMO: 'false' });
    await first.dropIn.post('gt', { name: 'Mine', status: 'unlocked' });
    expect(await first.stop()).toBe(0);
    const second = await startService(env);
    const question = /curl '(.*)'/.exec(second.output.stdout)?.[1];
    expect(question).toBe(`${second.url}/api/v1/global-tags`);
    expect(await second.stop()).toBe(0);
  });

  it('without authentication says who may write', async () => {
    const env = databaseEnvironment(await createDatabase());
    const open = await startService({ ...env, HOST: '0.0.0.0', CDB_AUTH: 'off' });
    await open.said(/HOST lets others than this machine in \(0\.0\.0\.0\)/);
    expect((await open.native.post('global-tags', { name: 'Meant' })).status).toBe(201);
    expect(await open.stop()).toBe(0);
    for (const HOST of ['127.0.0.1', 'localhost']) {
      const closed = await startService({ ...env, HOST });
      await closed.said(/everybody on this machine may write/);
      expect(await closed.stop()).toBe(0);
    }
  });

  it('with authentication listens anywhere, and warns of nothing', async () => {
    const env = { ...databaseEnvironment(await createDatabase()), ...REFERENCE_AUTH };
    const service = await startService({ ...env, HOST: '0.0.0.0' });
    expect((await service.native.post('global-tags', { name: 'T' })).status).toBe(401);
    const alice = service.native.as(await signed());
    expect((await alice.post('global-tags', { name: 'T' })).status).toBe(201);
    expect((await service.dropIn.get('user_settings/JWT_SECRET')).status).toBe(404);
    expect(await service.stop()).toBe(0);
    expect(service.output.stdout).not.toContain('authentication');
    expect(service.output.stdout + service.output.stderr).not.toContain(SECRET);
  });

  it('is refused where others could write, and nobody has said so', async () => {
    await expectRefusal(
      { HOST: '0.0.0.0' },
      /^HOST is "0\.0\.0\.0": others than this machine can reach it, .* or CDB_AUTH=off if/m,
    );
  });

  it('is refused with the secret of the reference', async () => {
    await expectRefusal(
      { ...REFERENCE_AUTH, JWT_SECRET: 'changetosomething' },
      /^JWT_SECRET is one that everybody knows/m,
    );
  });

  it('without the demo has no tags', async () => {
    const service = await startService({ CDB_DATA_DIR: dataFolder(), CDB_DEMO: 'false' });
    expect(await listed(service, 'global-tags')).toMatchObject({ items: [], total: 0 });
    expect(/curl '(.*)'/.exec(service.output.stdout)?.[1]).toBe(
      `${service.url}/api/v1/global-tags`,
    );
    expect(await service.stop()).toBe(0);
  });

  it('is refused where a setting is unknown', async () => {
    await expectRefusal(
      { CDB_IOV_MODE: 'bad' },
      /^CDB_IOV_MODE is "bad", but must be one of: continuous, discrete\.$/m,
    );
  });

  it('is refused where half of the database is named', async () => {
    await expectRefusal({ POSTGRES_HOST_W: '127.0.0.1' }, /^POSTGRES_DB_W is not set/);
  });

  it('of three at once on an empty database loads the demo once', async () => {
    const env = { ...databaseEnvironment(await emptyDatabase()), CDB_DEMO: 'true' };
    const services = await Promise.all([1, 2, 3].map(() => startService(env)));
    for (const service of services) await expectDemoOnce(service);
    const loads = services.filter(({ output }) =>
      output.stdout.includes('Loaded the demo content'),
    );
    expect(loads).toHaveLength(1);
    expect(await Promise.all(services.map((service) => service.stop()))).toEqual([0, 0, 0]);
  });
});
