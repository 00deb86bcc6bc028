import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { type ClientBase } from 'pg';
import { type EntityManager } from 'typeorm';
import { globalTag } from '#auth';
import { type DatabaseConnection } from '#database';
import { Problem } from '#problems';
import { type Access } from '../apps/api/src/auth/access.js';
import { Caller } from '../apps/api/src/auth/caller.js';
import { guardRoutes } from '../apps/api/src/auth/guard-routes.js';
import { type Permissions } from '../apps/api/src/auth/permissions.js';
import { Tx } from '../apps/api/src/database/tx.js';
import { databaseContent } from './database-content.js';
import {
  answerChecker,
  committedDocument,
  bodyOf,
  type Operation,
  operationsOf,
  questionOf,
} from './openapi-document.js';
import { createDatabase } from './postgres.js';
import {
  databaseEnvironment,
  endServices,
  type ServiceProcess,
  startService,
} from './service-process.js';
import { REFERENCE_AUTH, signed } from './token-issuer.js';

/** Posts that change nothing: there is more in the question than a URL holds. */
const ONLY_READ = ['POST /api/v1/global-tags/{name}/payloads/at'];

const document = committedDocument();
const complaint = answerChecker(document);
const writing = operationsOf(document).filter(
  ([address]) => !address.startsWith('GET ') && !ONLY_READ.includes(address),
);

let connection: DatabaseConnection;
let service: ServiceProcess;
let before: object[];

beforeAll(async () => {
  connection = await createDatabase();
  service = await startService({
    ...databaseEnvironment(connection),
    ...REFERENCE_AUTH,
    CDB_DEMO: 'true',
    CDB_LOG_LEVEL: 'silent',
    CDB_PERMISSION_PLUGIN_CLASS: 'cdb_rest.permissions_plugins.belle2.Belle2PermissionPlugin',
  });
  before = await databaseContent(connection);
});

afterAll(endServices);

/** Sends the example of an operation, on what the demo content has. */
async function send(
  [address, operation, path]: [string, Operation, string],
  token?: string,
): Promise<{ status: number; body: { detail: string } }> {
  const example = bodyOf(document, operation);
  const response = await fetch(service.url + questionOf(path, operation.parameters ?? []), {
    method: address.split(' ', 1)[0] ?? '',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(example === undefined ? {} : { 'content-type': example.type }),
    },
    ...(example === undefined ? {} : { body: example.text }),
  });
  const body = (await response.json()) as { detail: string };
  expect(complaint(address, response.status, body)).toBe('');
  return { status: response.status, body };
}

describe('Every route that writes', () => {
  it('is among those that are tried here', () => {
    expect(writing.length).toBeGreaterThan(30);
  });

  it.each(writing)('asks for a token: %s', async (...operation) => {
    expect(await send(operation)).toMatchObject({ status: 401 });
  });

  it.each(writing)('asks for a right: %s', async (...operation) => {
    const { status, body } = await send(operation, await signed());
    expect({ status, detail: body.detail }).toEqual({
      status: 403,
      detail: expect.stringMatching(
        /^The right to [a-z]+ is missing for (the|a) [a-z ]+".+".*: it takes b2cdb:/,
      ),
    });
    const [, right] = /^The right to ([a-z]+)/.exec(body.detail) ?? [];
    expect(operation[1]['x-rights']).toContain(right);
  });

  it('has changed nothing by that', async () => {
    expect(await databaseContent(connection)).toEqual(before);
  });

  it('says so in the OpenAPI document, and no other does', () => {
    for (const [address, operation] of operationsOf(document)) {
      const writes = writing.some(([each]) => each === address);
      expect([address, operation['x-rights'] !== undefined]).toEqual([address, writes]);
      const needsToken = operation.security?.every((way) => 'bearer' in way) ?? false;
      expect([address, needsToken]).toEqual([address, writes]);
    }
  });
});

describe('A transaction', () => {
  const refused = new Problem('forbidden', 'No.');
  const nobody = {
    demand: () => {
      throw refused;
    },
  };
  const transaction = (permissions: Pick<Permissions, 'demand'>): Tx => {
    const caller = new Caller(permissions, null, {
      protocol: 'native',
      address: null,
      requestId: null,
    });
    return new Tx({} as EntityManager, {} as ClientBase, caller);
  };

  it('is not committed where it asked for no right', () => {
    const tx = transaction({ demand: () => undefined });
    expect(() => {
      tx.refuseUnasked();
    }).toThrow('asked for no right');
    tx.demand('create', globalTag('T'));
    expect(() => {
      tx.refuseUnasked();
    }).not.toThrow();
  });

  it('ends where a right is missing', () => {
    expect(() => {
      transaction(nobody).demand('create', globalTag('T'));
    }).toThrow(refused);
  });
});

describe('A route that does not say what it does', () => {
  const access = { config: { enforced: false, readsNeedToken: false } } as Access;

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('is not served: %s', (method) => {
    const server = fastify();
    guardRoutes(server, access);
    expect(() => server.route({ method, url: '/api/v1/new', handler: () => 'done' })).toThrow(
      `${method} /api/v1/new may write, but does not say what`,
    );
  });

  it('may be one that reads', () => {
    const server = fastify();
    guardRoutes(server, access);
    expect(() => server.get('/api/v1/new', () => 'done')).not.toThrow();
  });
});
