/** Where readers must show a token (`CDB_READ_AUTH=required`), and who is shown what they may do. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DropInConditions } from './drop-in-conditions.js';
import { type HttpClient } from './http-client.js';
import { expectProblem } from './native-problem.js';
import { committedDocument, operationsOf, questionOf } from './openapi-document.js';
import { createDatabase } from './postgres.js';
import {
  databaseEnvironment,
  endServices,
  type ServiceProcess,
  startService,
} from './service-process.js';
import { inSeconds, REFERENCE_AUTH, signed } from './token-issuer.js';
import { until } from './until.js';

let service: ServiceProcess;
let all: string;

beforeAll(async () => {
  service = await startService({
    ...databaseEnvironment(await createDatabase()),
    ...REFERENCE_AUTH,
    CDB_PERMISSION_PLUGIN_CLASS: 'scopes',
    CDB_READ_AUTH: 'required',
    CDB_DEMO: 'true',
    CDB_LOG_LEVEL: 'silent',
  });
  all = await signed({ scope: 'cdb.admin:/' });
  const conditions = new DropInConditions(service.dropIn.as(all));
  const [list = ''] = await conditions.tagWithLists('Secret_1', 'Beam');
  await conditions.inserted(list, 'beam.root', [0, 5]);
  await conditions.changeStatus('Secret_1', 'frozen');
});

afterAll(endServices);

describe('Every route that reads', () => {
  const reading = operationsOf(committedDocument()).filter(
    ([address, { 'x-rights': rights }]) =>
      rights === undefined && / \/api\//.test(address) && !address.endsWith('/whoami'),
  );

  it.each(reading)(
    'asks for a token and a right: %s',
    async (address, { parameters = [] }, path) => {
      const method = address.split(' ', 1)[0] ?? '';
      const url =
        service.url +
        questionOf(
          path,
          parameters.filter(({ required }) => required),
        );
      const rightless = { authorization: `Bearer ${await signed({ scope: 'cdb.read:/Other_' })}` };
      expect((await fetch(url, { method })).status).toBe(401);
      expect((await fetch(url, { method, headers: rightless })).status).toBe(403);
      const [head, get] = [await fetch(url, { method: 'HEAD' }), method === 'GET' ? 401 : 404];
      expect(head.status === get || head.status === 405 || head.status === 401).toBe(true);
    },
  );
});

const RESOLVE = 'payloadiovs/?gtName=Secret_1&majorIOV=0&minorIOV=7';

describe('A tag that is read with a token', () => {
  it('is shown to whoever may read it, from the database and from memory', async () => {
    const reader = service.dropIn.as(await signed({ scope: 'cdb.read:/Secret_' }));
    await until(async () => {
      const { headers, status } = await reader.get(RESOLVE);
      expect(status).toBe(200);
      return headers.get('cache-status') === 'Tempora; hit';
    });
    expect((await service.dropIn.get(RESOLVE)).status).toBe(401);
    const other = service.dropIn.as(await signed({ scope: 'cdb.read:/Other_ cdb.insert:/' }));
    const refused = await other.get(RESOLVE);
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('it takes cdb.read:/Secret_1/');
  });

  it('is not kept by caches on the way to others', async () => {
    const { headers } = await service.dropIn.as(all).get(RESOLVE);
    expect(headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
  });

  it('is not shown by asking for another one as well', async () => {
    const reader = service.dropIn.as(await signed({ scope: 'cdb.read:/Mine_' }));
    const twice = RESOLVE.replace('?', '?gtName=Mine_1&');
    expect((await reader.get(twice)).status).toBe(403);
    // What shows more than one tag takes the right to read all of them, whatever else is said.
    for (const path of ['globalTags', 'gt', 'piov', 'pl', 'piov/1', 'gtstatus']) {
      expect((await reader.get(`${path}?gtName=Mine_1`)).status).toBe(403);
    }
    expect((await reader.get('globalTag/Mine_1')).status).toBe(404);
  });

  it('is not shown by comparing it with another one', async () => {
    const reader = service.native.as(await signed({ scope: 'cdb.read:/DEMO_' }));
    const other = 'DEMO_2026_online';
    expect((await reader.get(`global-tags/${other}/diff/DEMO_2024_publication`)).status).toBe(200);
    for (const path of [`Secret_1/diff/${other}`, `${other}/diff/Secret_1`]) {
      for (const end of ['', '/at?major=0&minor=7']) {
        const refused = expectProblem(await reader.get(`global-tags/${path}${end}`), 'forbidden');
        expect(refused.detail).toContain('Secret_1');
      }
    }
  });

  it('is not shown by cloning it', async () => {
    const cloner = service.native.as(await signed({ scope: 'cdb.clone:/ cdb.read:/Mine_' }));
    const answer = await cloner.post('global-tags/Secret_1/clone', { name: 'Mine_1' });
    expect(expectProblem(answer, 'forbidden').detail).toContain('The right to read');
  });
});

it('probes, documentation and the index stay open', async () => {
  for (const path of ['health/live', 'health/ready', 'api/openapi.json', 'api/docs', 'api']) {
    expect((await fetch(`${service.url}/${path}`)).status).toBe(200);
  }
});

describe('whoami', () => {
  const rights = async (client: HttpClient, query = ''): Promise<string[]> => {
    const { status, body } = await client.get(`whoami${query}`);
    expect(status).toBe(200);
    return (body as { rights: string[] }).rights;
  };

  it('shows who a token speaks for, until when, and what it may do', async () => {
    const exp = inSeconds(300);
    const scope = 'cdb.insert:/sPHENIX_ cdb.read:/ cdb.lock:/sPHENIX_1/';
    const client = service.native.as(await signed({ sub: 'alice', exp, scope }));
    const answer = await client.get('whoami?global_tag=sPHENIX_1');
    expect(answer.body).toEqual({
      subject: 'alice',
      issuer: 'shared-secret',
      expires: new Date(exp * 1000).toISOString(),
      policy: 'scopes',
      global_tag: 'sPHENIX_1',
      payload_type: null,
      rights: ['read', 'insert', 'attach', 'lock'],
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await rights(client, '?global_tag=Other')).toEqual(['read']);
    expect(await rights(client, '?global_tag=sPHENIX_2&payload_type=Beam')).toEqual([
      'read',
      'insert',
      'attach',
    ]);
    expect(await rights(client)).toEqual(['read']);
  });

  it('shows nobody who is nobody', async () => {
    expect((await service.native.get('whoami?global_tag=T')).body).toMatchObject({
      subject: null,
      issuer: null,
      expires: null,
      rights: [],
    });
  });

  it('says what is wrong with a token', async () => {
    const expired = service.native.as(await signed({ exp: inSeconds(-600) }));
    const answer = await expired.get('whoami');
    expect(expectProblem(answer, 'unauthenticated').detail).toMatch(/has expired/);
  });
});
