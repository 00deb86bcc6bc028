/** Nothing that is secret, and nothing of the machinery, is told to anybody: not even by a broken service. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { committedDocument, operationsOf } from './openapi-document.js';
import { emptyDatabase, sql } from './postgres.js';
import {
  databaseEnvironment,
  endServices,
  type ServiceProcess,
  startService,
} from './service-process.js';

const CANARY = 'canary-0a1b2c3d4e5f60718293a4b5c6d7e8f9';
/** Statements, stacks, files, and what PostgreSQL says of them. */
const MACHINERY =
  /\b(SELECT|INSERT INTO|DELETE FROM|LATERAL) |^\s+at .*\(|node_modules|\.[jt]s:\d|relation "|column "|syntax error/m;

/** Variables that hold secrets, by their names or by their looks. */
const SECRETS = {
  JWT_SECRET: CANARY,
  SECRET_KEY: CANARY,
  AWS_SECRET_ACCESS_KEY: CANARY,
  CDB_JWT_SECRET: CANARY,
  CDB_ADMIN_TOKEN: CANARY,
  CDB_API_KEY: CANARY,
  CDB_DB_PASSWORD: CANARY,
  CDB_SENTRY_DSN: `https://${CANARY}@sentry.example/1`,
  CDB_UPSTREAM: `postgres://reader:${CANARY}@db.example/cdb`,
  CDB_BEARER: `Bearer ${CANARY}`,
  CDB_PEM: `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----`,
  CDB_CONNECTION: `host=db user=cdb password=${CANARY}`,
};

let service: ServiceProcess;
const answers: { asked: string; status: number; told: string }[] = [];

let token = '';

async function ask(method: string, path: string, body?: string): Promise<void> {
  const response = await fetch(service.url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      cookie: `session=${CANARY}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const told = `${JSON.stringify([...response.headers])}\n${await textOf(response)}`;
  answers.push({ asked: `${method} ${path}`, status: response.status, told });
}

/** A stream that fails after its beginning is cut off. */
async function textOf(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    return String(error);
  }
}

/** Asks everything with a token that is the secret itself, and with one that is signed with it. */
async function askEverything(): Promise<void> {
  const signing = new SignJWT({ sub: 'expert' }).setProtectedHeader({ alg: 'HS256' });
  for (token of [CANARY, await signing.sign(Buffer.from(CANARY))]) await askAll();
}

/** All that the document describes, well and badly. */
async function askAll(): Promise<void> {
  for (const [address, operation, path] of operationsOf(committedDocument())) {
    const [method = ''] = address.split(' ');
    const filled = path.replace(/\{\w+\}/g, 'x');
    const body = operation.requestBody === undefined ? undefined : '{"name":"x","payloads":[{}]}';
    await ask(method, filled, body);
    if (method === 'GET') await ask(method, `${filled}?page=x&gtName=x&majorIOV=1&minorIOV=1`);
    if (body !== undefined) await ask(method, filled, '{"name": ');
  }
  await ask('GET', '/api/openapi.json');
  for (const name of Object.keys(SECRETS)) await ask('GET', `/api/cdb_rest/user_settings/${name}`);
}

beforeAll(async () => {
  const database = await emptyDatabase();
  const user = `owner_of_${database.database}`;
  await sql(
    database,
    `CREATE ROLE ${user} LOGIN PASSWORD '${CANARY}';
     ALTER DATABASE ${database.database} OWNER TO ${user}`,
  );
  const env = databaseEnvironment({ ...database, user, password: CANARY });
  // The secret is in use: every token below is held against it.
  const CDB_AUTH_CLASS = 'cdb_rest.authentication.CustomJWTAuthentication';
  service = await startService({ ...env, ...SECRETS, CDB_AUTH_CLASS, CDB_LOG_LEVEL: 'trace' });
  await askEverything();
  await sql({ ...database }, 'DROP TABLE "PayloadIOV", "PayloadList", "GlobalTag" CASCADE');
  await askEverything();
  await service.stop();
});
afterAll(endServices);

describe('A service with secrets, well and broken', () => {
  it('was really broken', () => {
    expect(answers.some(({ status }) => status === 500)).toBe(true);
    expect(service.output.stdout).toContain('a defect of the service');
  });

  it('tells no secret', () => {
    expect(answers.filter(({ told }) => told.includes(CANARY))).toEqual([]);
  });

  it('tells nothing of its machinery', () => {
    expect(answers.filter(({ told }) => MACHINERY.test(told))).toEqual([]);
  });

  it('logs no secret, even at level trace', () => {
    const lines = `${service.output.stdout}\n${service.output.stderr}`.split('\n');
    expect(lines.filter((line) => line.includes(CANARY))).toEqual([]);
  });
});
