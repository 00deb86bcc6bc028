/** What each kind of field says of a value that it cannot take: the most basic thing that is wrong. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseContent } from './database-content.js';
import { DropInConditions } from './drop-in-conditions.js';
import { type Answer } from './http-client.js';
import { expectProblem } from './native-problem.js';
import { startServer, type TestServer } from './server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
  await new DropInConditions(server.dropIn).tagWithLists('Tag', 'Beam');
});
afterAll(() => server.stop());

const NO_STRING = 'Not a valid string.';
const NO_INTEGER = 'A valid integer is required.';
const NO_MOMENT = 'Must be a moment: { "major": …, "minor": … }.';
const NO_UNTIL = 'Must be a moment, "next", "open" or null.';
const REQUIRED = 'This field is required.';
const NULL = 'This field may not be null.';
const BLANK = 'This field may not be blank.';
const SURROGATE = 'Surrogate characters are not allowed: U+D800.';
const NUL = 'Null characters are not allowed.';

const tooLong = (max: number) => `Ensure this field has no more than ${max} characters.`;

/** A value as a test's name can show it, absent or half a character though it be. */
const written = (value: unknown) => JSON.stringify({ value });

/** Sends what must be refused, and nothing may have changed; as text, for a lone surrogate to pass. */
async function refused(
  method: string,
  client: 'dropIn' | 'native',
  path: string,
  body: unknown,
): Promise<Answer> {
  const before = await databaseContent(server.connection);
  const answer = await server[client].send(method, path, { text: JSON.stringify(body) });
  expect(answer.status).toBe(400);
  expect(await databaseContent(server.connection)).toEqual(before);
  return answer;
}

/** Wrong values of a name that is required, and what is said of them. */
const NAMES: [unknown, string][] = [
  [undefined, REQUIRED],
  [null, NULL],
  [7, NO_STRING],
  [true, NO_STRING],
  [['New'], NO_STRING],
  [{ name: 'New' }, NO_STRING],
  ['', BLANK],
  ['  ', BLANK],
  ['x'.repeat(81), tooLong(80)],
  ['\u{1f600}'.repeat(81), tooLong(80)],
  ['a\ud800', SURROGATE],
  ['a\0', NUL],
  ['a/b', 'A name may not contain "/" (U+002F): it separates the parts of paths.'],
];

/** The same of a text of up to 255 characters. */
const TEXTS: [unknown, string][] = [
  [7, NO_STRING],
  [false, NO_STRING],
  [['u'], NO_STRING],
  [{}, NO_STRING],
  ['x'.repeat(256), tooLong(255)],
  ['\ud800', SURROGATE],
  ['\udc00\ud800', 'Surrogate characters are not allowed: U+DC00.'],
  ['a\0', NUL],
];

const REQUIRED_TEXTS: [unknown, string][] = [
  [undefined, REQUIRED],
  [null, NULL],
  ['', BLANK],
  ...TEXTS,
];

const INTEGERS: [unknown, string][] = [
  ['one', NO_INTEGER],
  [true, NO_INTEGER],
  [[1], NO_INTEGER],
  [{}, NO_INTEGER],
  [1.5, NO_INTEGER],
  [-1, 'Ensure this value is greater than or equal to 0.'],
  ['9223372036854775808', `Ensure this value is less than or equal to ${2n ** 63n - 1n}.`],
];

const REQUIRED_INTEGERS: [unknown, string][] = [[undefined, REQUIRED], [null, NULL], ...INTEGERS];

const PAYLOAD = { payload_url: 'u', checksum: 'c', major_iov: 5, minor_iov: 5 };

describe('drop-in', () => {
  const fields: [string, string, object, string, [unknown, string][]][] = [
    ['POST', 'gt', { status: 'unlocked' }, 'name', NAMES],
    ['POST', 'pt', {}, 'name', NAMES],
    ['POST', 'gtstatus', {}, 'name', NAMES],
    ['POST', 'pt', { name: 'New' }, 'description', TEXTS],
    ['POST', 'gt', { name: 'New', status: 'unlocked' }, 'description', TEXTS],
    ['POST', 'pl', { payload_type: 'Beam' }, 'description', TEXTS],
    ['POST', 'piov', PAYLOAD, 'payload_url', REQUIRED_TEXTS],
    ['POST', 'piov', PAYLOAD, 'checksum', REQUIRED_TEXTS],
    ['POST', 'piov', PAYLOAD, 'revision', TEXTS],
    ['POST', 'piov', PAYLOAD, 'extra', TEXTS],
    ['POST', 'piov', PAYLOAD, 'major_iov', REQUIRED_INTEGERS],
    ['POST', 'piov', PAYLOAD, 'minor_iov_end', INTEGERS],
    ['POST', 'piov', PAYLOAD, 'size', INTEGERS],
  ];

  it.each(
    fields.flatMap(([method, path, body, field, values]) =>
      values.map(
        ([value, message]) => [method, path, field, written(value), message, body] as const,
      ),
    ),
  )('%s %s, %s %s: %s', async (method, path, field, json, message, body) => {
    const { value } = JSON.parse(json) as { value?: unknown };
    const answer = await refused(method, 'dropIn', path, { ...body, [field]: value });
    expect(answer.body).toMatchObject({ [field]: [message] });
  });

  const rows: [string, [unknown, string][]][] = [
    ['payload_list', REQUIRED_TEXTS],
    ['payload_url', REQUIRED_TEXTS],
    ['checksum', TEXTS],
    ['revision', TEXTS],
    ['extra', TEXTS],
    ['major_iov', REQUIRED_INTEGERS],
    ['minor_iov_end', INTEGERS],
    ['size', INTEGERS],
  ];

  it.each(
    rows.flatMap(([field, values]) =>
      values.map(([value, message]) => [field, written(value), message] as const),
    ),
  )('a row of bulk_piov, %s %s: %s', async (field, json, message) => {
    const { value } = JSON.parse(json) as { value?: unknown };
    const row = { ...PAYLOAD, payload_list: 'Beam_1', [field]: value };
    const answer = await refused('POST', 'dropIn', 'bulk_piov', [row]);
    expect(answer.body).toEqual({
      [`0.${field}`]: [message],
      detail: `0.${field}: ${message}`,
    });
  });
});

describe('native', () => {
  const fields: [string, string, object, string, [unknown, string][]][] = [
    ['POST', 'global-tags', {}, 'name', NAMES],
    ['POST', 'payload-types', {}, 'name', NAMES],
    ['POST', 'global-tags', { name: 'New' }, 'description', TEXTS],
    ['POST', 'payload-types', { name: 'New' }, 'description', TEXTS],
    ['PATCH', 'global-tags/Tag', {}, 'description', TEXTS],
  ];

  async function expectMessage(
    [method, path, body]: [string, string, unknown],
    field: string,
    message: string,
  ): Promise<void> {
    const answer = await refused(method, 'native', path, body);
    expect(expectProblem(answer, 'invalid-request')).toMatchObject({
      detail: `${field}: ${message}`,
      errors: [{ field, message }],
    });
  }

  it.each(
    fields.flatMap(([method, path, body, field, values]) =>
      values.map(
        ([value, message]) => [method, path, field, written(value), message, body] as const,
      ),
    ),
  )('%s %s, %s %s: %s', async (method, path, field, json, message, body) => {
    const { value } = JSON.parse(json) as { value?: unknown };
    await expectMessage([method, path, { ...body, [field]: value }], field, message);
  });

  const FILE = {
    ...{ payload_type: 'Beam', payload_url: 'u', checksum: 'c' },
    from: { major: 0, minor: 5 },
  };
  const payloadFields: [string, [unknown, string][]][] = [
    ['payload_type', NAMES.filter(([value]) => value !== 'a/b')],
    ['payload_url', REQUIRED_TEXTS],
    ['checksum', REQUIRED_TEXTS],
    ['revision', [...TEXTS, ['', BLANK]]],
    ['size', INTEGERS],
    [
      'from',
      [
        [undefined, REQUIRED],
        [null, NULL],
        [5, NO_MOMENT],
        ['next', NO_MOMENT],
        [[0, 5], NO_MOMENT],
      ],
    ],
    [
      'until',
      [
        [5, NO_UNTIL],
        ['never', NO_UNTIL],
        [true, NO_UNTIL],
        [[0, 5], NO_UNTIL],
      ],
    ],
    ['surprise', [[1, 'There is no such field.']]],
  ];

  it.each(
    payloadFields.flatMap(([field, values]) =>
      values.map(([value, message]) => [field, written(value), message] as const),
    ),
  )('a new payload, %s %s: %s', async (field, json, message) => {
    const { value } = JSON.parse(json) as { value?: unknown };
    const body = { payloads: [FILE, { ...FILE, [field]: value }] };
    await expectMessage(['POST', 'global-tags/Tag/payloads', body], `payloads.1.${field}`, message);
  });

  it.each([
    ['major', undefined, REQUIRED],
    ['major', null, NULL],
    ['minor', 'x', NO_INTEGER],
    ['minor', -1, 'Ensure this value is greater than or equal to 0.'],
    ['surprise', 1, 'There is no such field.'],
  ])('a moment, %s %j: %s', async (field, value, message) => {
    for (const end of ['from', 'until']) {
      const payload = { ...FILE, [end]: { ...FILE.from, [field]: value } };
      await expectMessage(
        ['POST', 'global-tags/Tag/payloads', { payloads: [payload] }],
        `payloads.0.${end}.${field}`,
        message,
      );
    }
  });

  it.each<[unknown, string, string]>([
    [undefined, 'payloads', REQUIRED],
    [null, 'payloads', NULL],
    ['Beam', 'payloads', 'Must be a list of payloads.'],
    [FILE, 'payloads', 'Must be a list of payloads.'],
    [[], 'payloads', 'Name at least one payload.'],
    [[FILE, null], 'payloads.1', 'Must be an object.'],
    [[FILE, 7], 'payloads.1', 'Must be an object.'],
    [[FILE, [FILE]], 'payloads.1', 'Must be an object.'],
  ])('payloads %j', async (payloads, field, message) => {
    await expectMessage(['POST', 'global-tags/Tag/payloads', { payloads }], field, message);
  });

  it.each([
    ['page=one', 'page', NO_INTEGER],
    ['page=1.5', 'page', NO_INTEGER],
    ['page=1&page=2', 'page', NO_INTEGER],
    ['page=0', 'page', 'Ensure this value is greater than or equal to 1.'],
    ['page_size=1001', 'page_size', 'Ensure this value is less than or equal to 1000.'],
    ['order=up', 'order', 'Choose one of: asc, desc.'],
    ['order=asc&order=desc', 'order', 'Choose one of: asc, desc.'],
    ['search=a&search=b', 'search', NO_STRING],
  ])('?%s: %s', async (query, field, message) => {
    const answer = await server.native.get(`global-tags?${query}`);
    expect(expectProblem(answer, 'invalid-request').errors).toEqual([{ field, message }]);
  });

  it('a flag is true or false', async () => {
    const path = 'global-tags/Tag/payloads?dry_run=perhaps';
    const answer = await refused('POST', 'native', path, { payloads: [FILE] });
    expect(expectProblem(answer, 'invalid-request').errors).toEqual([
      { field: 'dry_run', message: 'Must be true or false.' },
    ]);
  });
});

it('a pair of surrogates is a character as any other', async () => {
  const name = '\u{1f600}'.repeat(80);
  const answer = await server.dropIn.post('pt', { name, description: '\u{1f600}'.repeat(255) });
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ name });
});
