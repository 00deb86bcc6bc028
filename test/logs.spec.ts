import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type DatabaseConnection } from '#database';
import { allowConnections, cutOff } from './cut-database.js';
import { emptyDatabase, sql } from './postgres.js';
import {
  databaseEnvironment,
  endServices,
  runService,
  type ServiceProcess,
  startService,
} from './service-process.js';
import { until } from './until.js';

/** As long as a browser's. */
const AGENT = `basf2/release-09 ${'x'.repeat(200)}`;
const CANARY = 'canary-that-nobody-may-see';

/** What is logged of a request. */
interface RequestLine {
  msg: string;
  reqId: string;
  method: string;
  route: string;
  status: number;
  address: string;
  agent: string;
  duration_ms: number;
}

afterAll(endServices);

/** An empty database whose owner has the canary for a password. */
async function databaseOfCanary(): Promise<DatabaseConnection> {
  const server = await emptyDatabase();
  const user = `owner_of_${server.database}`;
  await sql(
    server,
    `CREATE ROLE ${user} LOGIN PASSWORD '${CANARY}';
     ALTER DATABASE ${server.database} OWNER TO ${user}`,
  );
  return { ...server, user, password: CANARY };
}

function requestLines(stdout: string): RequestLine[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as RequestLine)
    .filter(({ msg }) => msg === 'request');
}

describe('The log of a service', () => {
  let connection: DatabaseConnection;
  let service: ServiceProcess;
  /** Everything that was answered: heads and bodies. */
  const answers: string[] = [];

  async function ask(id: string, method: string, path: string): Promise<number> {
    const response = await fetch(`${service.url}/${path}`, {
      method,
      headers: {
        'x-request-id': id,
        'content-type': 'application/json',
        'user-agent': AGENT,
        'x-forwarded-for': '198.51.100.7',
      },
      ...(method === 'POST' ? { body: '{"name":"T","status":"unlocked"}' } : {}),
    });
    answers.push(JSON.stringify([...response.headers]), await response.text());
    return response.status;
  }

  const REQUESTS = [
    ['POST', 'api/cdb_rest/gt', '/api/cdb_rest/gt', 200],
    ['GET', 'api/cdb_rest/globalTag/T?light=1', '/api/cdb_rest/globalTag/:name', 200],
    ['GET', 'api/v1/global-tags/nowhere', '/api/v1/global-tags/:name', 404],
    ['GET', 'api/v1/global-tags?page=zero', '/api/v1/global-tags', 400],
    ['GET', 'health/ready', '/health/ready', 200],
  ] as const;

  const SETTINGS = ['CDB_SOMETHING_SECRET', 'POSTGRES_PASSWORD_W', 'CDB_LOG_LEVEL'];

  const DURING_THE_CUT = [
    ['GET', 'health/ready'],
    ['GET', 'health/startup'],
    ['GET', 'api/v1/global-tags'],
    ['GET', 'api/cdb_rest/globalTags'],
    ['POST', 'api/cdb_rest/gt'],
  ] as const;

  beforeAll(async () => {
    connection = await databaseOfCanary();
    service = await startService({
      ...databaseEnvironment(connection),
      CDB_SOMETHING_SECRET: CANARY,
      CDB_LOG_LEVEL: 'info',
      CDB_TRUSTED_PROXIES: 'loopback',
    });
    for (const [number, [method, path, , status]] of REQUESTS.entries()) {
      expect(await ask(`request-${number}`, method, path)).toBe(status);
    }
    const statuses: number[] = [];
    for (const name of SETTINGS) {
      statuses.push(await ask(`setting-${name}`, 'GET', `api/cdb_rest/user_settings/${name}`));
    }
    expect(statuses).toEqual([404, 404, 200]);

    await cutOff(connection);
    await until(async () => (await ask('probe', 'GET', 'health/ready')) === 503);
    // What is remembered is told until the change feed has noticed as well.
    await until(async () => (await ask('probe', 'GET', 'api/cdb_rest/globalTags')) === 504);
    for (const [method, path] of DURING_THE_CUT) {
      expect(await ask('cut', method, path)).toBeGreaterThanOrEqual(500);
    }
    await allowConnections(connection);
    expect(await service.stop()).toBe(0);
  });

  it('has one line for each request', () => {
    const lines = requestLines(service.output.stdout);
    for (const [number, [method, , route, status]] of REQUESTS.entries()) {
      const ofRequest = lines.filter(({ reqId }) => reqId === `request-${number}`);
      const client = { address: '198.51.100.7', agent: AGENT.slice(0, 100) };
      expect(ofRequest).toEqual([expect.objectContaining({ method, route, status, ...client })]);
      expect(ofRequest[0]?.duration_ms).toBeGreaterThan(0);
    }
  });

  it('tells that the database was away', () => {
    expect(service.output.stdout).toContain('Changes of the database are not heard');
  });

  it('keeps secrets, as every answer does', () => {
    expect(service.output.stdout).not.toContain(CANARY);
    expect(service.output.stderr).not.toContain(CANARY);
    expect(answers.join('\n')).not.toContain(CANARY);
  });

  it('keeps a password that is wrong', async () => {
    const { code, stdout, stderr } = await runService(
      databaseEnvironment({ ...connection, user: 'tempora' }),
    );
    expect(code).toBe(1);
    expect(stderr).toContain('password is wrong');
    expect(stdout + stderr).not.toContain(CANARY);
  });

  it('has no line for who looks at metrics', async () => {
    service = await startService({ ...databaseEnvironment(connection), CDB_LOG_LEVEL: 'info' });
    expect(await ask('look', 'GET', 'metrics')).toBe(200);
    expect(await ask('after', 'GET', 'health/live')).toBe(200);
    expect(await service.stop()).toBe(0);
    expect(requestLines(service.output.stdout).map(({ reqId }) => reqId)).toEqual(['after']);
  });

  it('names a statement that takes long, without its values', async () => {
    service = await startService({ ...databaseEnvironment(connection), CDB_SLOW_QUERY_MS: '20' });
    const somebody = new pg.Client(connection);
    await somebody.connect();
    await somebody.query('BEGIN; LOCK TABLE "GlobalTag"');
    const asked = ask('slow', 'GET', `api/v1/global-tags?search=${CANARY}`);
    await until(async () => {
      const { rows } = await somebody.query(
        `SELECT FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    });
    await pause(25);
    await somebody.query('ROLLBACK');
    await somebody.end();
    expect(await asked).toBe(200);
    expect(await service.stop()).toBe(0);
    const lines = service.output.stdout.split('\n').filter((line) => line.includes('slow query'));
    expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ level: 40, query: 'count-listed', msg: 'slow query' }),
    );
    expect(service.output.stdout).not.toContain(CANARY);
  });

  it('has none of the requests at level warn', async () => {
    service = await startService({ ...databaseEnvironment(connection), CDB_LOG_LEVEL: 'warn' });
    expect(await ask('quiet', 'GET', 'api/v1/global-tags')).toBe(200);
    expect(await service.stop()).toBe(0);
    expect(requestLines(service.output.stdout)).toEqual([]);
    expect(service.output.stdout).not.toContain('quiet');
  });
});
