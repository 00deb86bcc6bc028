/** What the drop-in protocol refuses: always JSON with a sentence in `detail`, and nothing is written. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseContent } from './database-content.js';
import { DropInConditions } from './drop-in-conditions.js';
import { type SendOptions } from './http-client.js';
import { startServer, type TestServer } from './server.js';

let server: TestServer;
/** A list of the tag `Tag` and the type `Beam`, with one payload from (1, 0) to (2, 0). */
let list: string;
let inserted: number;
/** A payload without a list. */
let stored: number;

beforeAll(async () => {
  server = await startServer({ env: { CDB_MAX_BODY_MB: '1' } });
  const make = new DropInConditions(server.dropIn);
  [list = ''] = await make.tagWithLists('Tag', 'Beam');
  inserted = await make.inserted(list, 'there.root', [1, 0], [2, 0]);
  stored = await make.payload('stored.root', [3, 0]);
});
afterAll(() => server.stop());

/** Sends what must be refused with `status`, and returns what is said. */
async function refused(
  status: number,
  method: string,
  path: string,
  options?: SendOptions,
): Promise<Record<string, unknown> & { detail: string }> {
  const before = await databaseContent(server.connection);
  const answer = await server.dropIn.send(method, path.replace('<list>', list), options);

  expect({ status: answer.status, body: answer.body }).toEqual({
    status,
    body: expect.objectContaining({ detail: expect.stringMatching(/^\S.*\S$/) }),
  });
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(await databaseContent(server.connection)).toEqual(before);
  return answer.body as { detail: string };
}

describe('404: what is named does not exist', () => {
  it.each<[string, string, unknown?]>([
    ['GET', 'globalTag/Nope'],
    ['GET', 'globalTag/Nope?light=1'],
    ['GET', 'gt/999999'],
    ['POST', 'gt', { name: 'New', status: 'nope' }],
    ['PUT', 'gt_change_status/Nope/locked'],
    ['PUT', 'gt_change_status/Tag/nope'],
    ['POST', 'cloneGlobalTag/Nope/New'],
    ['DELETE', 'deleteGlobalTag/Nope'],
    ['DELETE', 'deletePayloadType/Nope'],
    ['GET', 'pl/999999'],
    ['GET', 'payload-lists/by-name/Nope'],
    ['POST', 'pl', { payload_type: 'Nope' }],
    ['PUT', 'pl_attach', { global_tag: 'Nope', payload_list: '<list>' }],
    ['PUT', 'pl_attach', { global_tag: 'Tag', payload_list: 'Nope' }],
    ['DELETE', 'deletePayloadList/Nope'],
    ['GET', 'piov/999999'],
    ['PUT', 'piov_attach', { payload_list: '<list>', piov_id: 999999 }],
    ['PUT', 'piov_attach', { payload_list: 'Nope', piov_id: '<stored>' }],
    ['POST', 'bulk_piov', [{ payload_list: 'Nope', payload_url: 'u', major_iov: 0, minor_iov: 0 }]],
    ['DELETE', 'deletePayloadIOV/Nope/Beam/1/0/2/0'],
    ['DELETE', 'deletePayloadIOV/Tag/Nope/1/0/2/0'],
    ['DELETE', 'deletePayloadIOV/Tag/Beam/1/0'],
    ['DELETE', 'deletePayloadIOV/Tag/Beam/1/0/2/1'],
    ['GET', 'user_settings/CDB_NOPE'],
    ['GET', 'user_settings/PATH'],
    ['GET', 'user_settings/POSTGRES_PASSWORD_W'],
    ['GET', 'user_settings/__proto__'],
    ['GET', 'no_such_path'],
    ['PATCH', 'gt'],
    ['DELETE', 'gt/1'],
    ['GET', `globalTag/${'x'.repeat(300)}`],
    ['DELETE', `deletePayloadList/${'x'.repeat(300)}`],
    ['GET', `globalTag/${'x'.repeat(3000)}`],
  ])('%s %s %j', async (...[method, path, body]) => {
    const text = JSON.stringify(body ?? null)
      .replace('<list>', list)
      .replace('"<stored>"', String(stored));
    await refused(404, method, path, body === undefined ? {} : { text });
  });
});

describe('409: something else forbids it', () => {
  it('a payload type that lists use stays', async () => {
    const { detail } = await refused(409, 'DELETE', 'deletePayloadType/Beam');
    expect(detail).toBe('PayloadType is used by 1 PayloadLists');
  });

  it('a payload list that holds payloads stays', async () => {
    const { detail } = await refused(409, 'DELETE', 'deletePayloadList/<list>');
    expect(detail).toBe('PayloadList contains 1 PayloadIOVs');
  });

  it('a payload is in one list at a time', async () => {
    const other = await new DropInConditions(server.dropIn).payloadList('Beam');
    const { detail } = await refused(409, 'PUT', 'piov_attach', {
      body: { payload_list: other, piov_id: inserted },
    });
    expect(detail).toContain(list);
  });
});

describe('400: a field is wrong, and named', () => {
  const PAYLOAD = { payload_url: 'u', checksum: 'c', major_iov: 5, minor_iov: 5 };

  it.each<[string, string, object, string]>([
    ['POST', 'gt', { name: 'Tag', status: 'unlocked' }, 'name'],
    ['POST', 'pt', { name: 'Beam' }, 'name'],
    ['POST', 'gtstatus', { name: 'locked' }, 'name'],
    ['POST', 'gt', { status: 'unlocked' }, 'name'],
    ['POST', 'gt', { name: 'New' }, 'status'],
    ['POST', 'gt', { name: null, status: 'unlocked' }, 'name'],
    ['POST', 'gt', { name: 7, status: 'unlocked' }, 'name'],
    ['POST', 'gt', { name: ['New'], status: 'unlocked' }, 'name'],
    ['POST', 'gt', { name: 'x'.repeat(300), status: 'unlocked' }, 'name'],
    ['POST', 'gt', { name: 'a/b', status: 'unlocked' }, 'name'],
    ['POST', 'gt', { name: 'a\0b', status: 'unlocked' }, 'name'],
    ['POST', 'gt', { name: 'New', status: 'unlocked', author: 'x'.repeat(81) }, 'author'],
    ['POST', 'gt', { name: 'New', status: { name: 'unlocked' } }, 'status'],
    ['POST', 'pt', { name: '   ' }, 'name'],
    ['POST', 'pt', { name: 'x'.repeat(81) }, 'name'],
    ['POST', 'pl', {}, 'payload_type'],
    ['POST', 'piov', { ...PAYLOAD, payload_url: '' }, 'payload_url'],
    ['POST', 'piov', { ...PAYLOAD, payload_url: 'x'.repeat(256) }, 'payload_url'],
    ['POST', 'piov', { ...PAYLOAD, payload_url: 'a\0b' }, 'payload_url'],
    ['POST', 'piov', { ...PAYLOAD, checksum: 'x'.repeat(256) }, 'checksum'],
    ['POST', 'piov', { ...PAYLOAD, checksum: undefined }, 'checksum'],
    ['POST', 'piov', { ...PAYLOAD, major_iov: undefined }, 'major_iov'],
    ['POST', 'piov', { ...PAYLOAD, major_iov: null }, 'major_iov'],
    ['POST', 'piov', { ...PAYLOAD, major_iov: -1 }, 'major_iov'],
    ['POST', 'piov', { ...PAYLOAD, major_iov: 1.5 }, 'major_iov'],
    ['POST', 'piov', { ...PAYLOAD, major_iov: 2n ** 63n }, 'major_iov'],
    ['POST', 'piov', { ...PAYLOAD, major_iov: 10n ** 100n }, 'major_iov'],
    ['POST', 'piov', { ...PAYLOAD, minor_iov: 'abc' }, 'minor_iov'],
    ['POST', 'piov', { ...PAYLOAD, minor_iov: '' }, 'minor_iov'],
    ['POST', 'piov', { ...PAYLOAD, minor_iov: true }, 'minor_iov'],
    ['POST', 'piov', { ...PAYLOAD, minor_iov: [5] }, 'minor_iov'],
    ['POST', 'piov', { ...PAYLOAD, minor_iov_end: -1 }, 'minor_iov_end'],
    ['POST', 'piov', { ...PAYLOAD, size: -1 }, 'size'],
    ['POST', 'piov', { ...PAYLOAD, size: 2n ** 63n }, 'size'],
    ['POST', 'piov', { ...PAYLOAD, size: 1.5 }, 'size'],
    ['POST', 'piov', { ...PAYLOAD, revision: 'x'.repeat(256) }, 'revision'],
    ['PUT', 'pl_attach', { payload_list: 'x' }, 'global_tag'],
    ['PUT', 'piov_attach', { piov_id: 1 }, 'payload_list'],
    ['PUT', 'piov_attach', { payload_list: 'x', piov_id: 'one' }, 'piov_id'],
  ])('%s %s %j: %s', async (method, path, body, field) => {
    const answer = await refused(400, method, path, { body });

    expect(answer[field]).toEqual([expect.stringMatching(/^[A-Za-z].*\.$/)]);
  });

  it.each([
    [{ major_iov_end: 5, minor_iov_end: 5 }],
    [{ major_iov_end: 4, minor_iov_end: 9 }],
    [{ major_iov_end: 0, minor_iov_end: 0 }],
  ])('an interval must end after it starts, (5, 5): %j', async (end) => {
    await refused(400, 'POST', 'piov', { body: { ...PAYLOAD, ...end } });
    await refused(400, 'POST', 'bulk_piov', { body: [{ ...PAYLOAD, ...end, payload_list: list }] });
  });

  it.each(['1e30', '9223372036854775807.0', '9223372036854775808', '-0.5', '1e18'])(
    'an integer is no %s',
    async (number) => {
      const text = JSON.stringify(PAYLOAD).replace('"minor_iov":5', `"minor_iov":${number}`);
      expect(await refused(400, 'POST', 'piov', { text })).toHaveProperty('minor_iov');
    },
  );

  it.each(['constructor', 'toString'])('a field may be called %s', async (field) => {
    const text = `{"name":"New","status":"unlocked","${field}":[${'0,'.repeat(10_000)}0]}`;
    const body = await refused(400, 'POST', 'gt', { text });
    expect(Object.keys(body)).toEqual([field, 'detail']);
  });

  it('a clone needs a name that can be one', async () => {
    await refused(400, 'POST', 'cloneGlobalTag/Tag/Tag');
    await refused(400, 'POST', `cloneGlobalTag/Tag/${'x'.repeat(81)}`);
    await refused(400, 'POST', 'cloneGlobalTag/Tag/a%2Fb');
    await refused(400, 'POST', 'cloneGlobalTag/Tag/%20');
  });

  it.each([
    'deletePayloadIOV/Tag/Beam/a/0',
    'deletePayloadIOV/Tag/Beam/-1/0',
    'deletePayloadIOV/Tag/Beam/1/9223372036854775808',
    'deletePayloadIOV/Tag/Beam/1/0/2/x',
    'deletePayloadIOV/T%00/Beam/1/0',
    'deleteGlobalTag/T%00',
  ])('DELETE %s', async (path) => {
    await refused(400, 'DELETE', path);
  });

  it.each([
    ...['gt/one', 'gt/-1', 'gt/9223372036854775808', 'pl/1.5', 'piov/abc', 'piov/0x10'],
    ...['globalTag/a%00b', 'gtPayloadLists/%00', 'globalTag/%E0%A4%A', 'user_settings/%00'],
  ])('GET %s', async (path) => {
    await refused(400, 'GET', path);
  });
});

describe('400: payloadiovs needs a tag and a moment', () => {
  it.each([
    ['majorIOV=1&minorIOV=1', 'gtName'],
    ['gtName=&majorIOV=1&minorIOV=1', 'gtName'],
    ['gtName=a%00&majorIOV=1&minorIOV=1', 'gtName'],
    ['gtName=Tag&minorIOV=1', 'majorIOV'],
    ['gtName=Tag&majorIOV=&minorIOV=1', 'majorIOV'],
    ['gtName=Tag&majorIOV=abc&minorIOV=1', 'majorIOV'],
    ['gtName=Tag&majorIOV=-1&minorIOV=1', 'majorIOV'],
    ['gtName=Tag&majorIOV=1.5&minorIOV=1', 'majorIOV'],
    ['gtName=Tag&majorIOV=1e3&minorIOV=1', 'majorIOV'],
    ['gtName=Tag&majorIOV=1', 'minorIOV'],
    ['gtName=Tag&majorIOV=1&minorIOV=9223372036854775808', 'minorIOV'],
  ])('?%s: %s', async (query, parameter) => {
    expect(await refused(400, 'GET', `payloadiovs/?${query}`)).toHaveProperty(parameter);
  });
});

describe('bulk_piov: all or nothing', () => {
  const row = (more: object = {}): object => ({
    payload_list: list,
    payload_url: 'bulk.root',
    major_iov: 10,
    minor_iov: 0,
    ...more,
  });

  it.each<[string, () => unknown]>([
    ['an object', () => row()],
    ['nothing', () => undefined],
    ['rows that are no objects', () => [row(), null, 'x', []]],
    ['too many rows', () => Array.from({ length: 50_001 }, () => 0)],
  ])('%s', async (_, body) => {
    await refused(400, 'POST', 'bulk_piov', { body: body() });
  });

  it.each<[string, object]>([
    ['payload_url', { payload_url: null }],
    ['payload_url', { payload_url: 'x'.repeat(256) }],
    ['checksum', { checksum: 1 }],
    ['payload_list', { payload_list: '' }],
    ['major_iov', { major_iov: 2n ** 63n }],
    ['minor_iov', { minor_iov: undefined }],
    ['minor_iov_end', { minor_iov_end: 'x' }],
    ['size', { size: -1 }],
    ['extra', { extra: 'a\0' }],
  ])('the second row is wrong in %s', async (field, wrong) => {
    const body = [row(), row(wrong), row({ major_iov: 11 })];
    expect(await refused(400, 'POST', 'bulk_piov', { body })).toHaveProperty([`1.${field}`]);
  });

  it('one list of several does not exist', async () => {
    const body = [row(), row({ payload_list: 'Nope' })];
    const { detail } = await refused(404, 'POST', 'bulk_piov', { body });
    expect(detail).toContain('Nope');
  });
});
