import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RulesetDefinition, Spectral } from '@stoplight/spectral-core';
import { oas } from '@stoplight/spectral-rulesets';
import { forkProcess } from './compiled-sources.js';
import {
  answerChecker,
  committedDocument,
  bodyOf,
  type OpenApiDocument,
  type Operation,
  operationsOf,
  type Parameter,
  questionOf,
  SNAPSHOT,
} from './openapi-document.js';
import { type DemoServer } from './openapi-process.js';
import { createDatabase } from './postgres.js';

const here = (file: string): string => join(import.meta.dirname, file);

let process: ChildProcess;
let server: DemoServer;
let text: string;
let document: OpenApiDocument;
let complaint: ReturnType<typeof answerChecker>;

beforeAll(async () => {
  process = await forkProcess('openapi', [JSON.stringify(await createDatabase())]);
  [server] = (await once(process, 'message')) as [DemoServer];
  text = await (await fetch(`${server.url}/api/openapi.json`)).text();
  document = JSON.parse(text) as OpenApiDocument;
  complaint = answerChecker(document);
});

afterAll(async () => {
  const exited = once(process, 'exit');
  process.disconnect();
  await exited;
});

describe('The OpenAPI document', () => {
  it('is the one in openapi.json (UPDATE_SNAPSHOTS=1 writes it anew)', () => {
    const readable = `${JSON.stringify(document, undefined, 2)}\n`;
    if (globalThis.process.env['UPDATE_SNAPSHOTS'] === '1') writeFileSync(SNAPSHOT, readable);
    expect(readable).toBe(readFileSync(SNAPSHOT, 'utf8'));
  });

  it('has nothing that the default rules of Spectral complain about', async () => {
    const spectral = new Spectral();
    spectral.setRuleset({ extends: [oas as RulesetDefinition] });
    expect(await spectral.run(text)).toEqual([]);
  });

  it('is OpenAPI 3.1 of the version of the package', () => {
    const { version } = JSON.parse(readFileSync(here('../package.json'), 'utf8')) as {
      version: string;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(document.info.version).toBe(version);
    expect(text).not.toContain('"nullable"');
  });

  /** What only leads to the document, and to what is in it. */
  const INDEX = /^GET (\/|\/api|\/api\/v1|\/api\/cdb_rest)$/;

  it('has every route of the server, and no other', () => {
    const routes = server.routes
      .filter((route) => !route.startsWith('HEAD ') && !/ \/api\/(docs|openapi)/.test(route))
      .filter((route) => !INDEX.test(route))
      .map((route) => route.replaceAll(/:(\w+)/g, '{$1}'));
    expect(
      operationsOf(document)
        .map(([address]) => address)
        .sort(),
    ).toEqual(routes.sort());
  });

  it('names no address but that of its licence', () => {
    const addresses = text.match(/\bhttps?:\/\/[^\s"'`)]+/g);
    expect(new Set(addresses)).toEqual(new Set(['https://www.apache.org/licenses/LICENSE-2.0']));
  });

  it('tells an example of every parameter', () => {
    const without = operationsOf(document).flatMap(([address, { parameters = [] }]) =>
      parameters
        .filter(({ example, description }) => example === undefined || description === '')
        .map(({ name }) => `${address}: ${name}`),
    );
    expect(without).toEqual([]);
  });
});

it('the first answer in the README is the one that comes', async () => {
  const readme = readFileSync(here('../README.md'), 'utf8');
  const [, path = ''] = /^curl 'http:\/\/127\.0\.0\.1:8000(.*)'$/m.exec(readme) ?? [];
  const [, answer = ''] = /^```json\n(.*?)^```$/ms.exec(readme) ?? [];
  const response = await fetch(server.url + path);
  expect(await response.json()).toEqual(JSON.parse(answer));
});

describe('Every example of a question works on the demo content', () => {
  const gets = operationsOf(committedDocument()).filter(([address]) => address.startsWith('GET '));
  const questions = gets.flatMap(([address, operation, path]) =>
    examplesOf(operation).map((parameters): [string, string] => [
      address,
      questionOf(path, parameters),
    ]),
  );

  it.each(questions)('%s: %s', async (address, question) => {
    const response = await fetch(server.url + question);
    const text = await response.text();
    const isLines = response.headers.get('content-type') === 'application/x-ndjson';
    const body: unknown = isLines ? text : JSON.parse(text);
    expect(response.status).toBe(address.endsWith('/timeout') ? 504 : 200);
    expect(complaint(address, response.status, body)).toBe('');
    expect(rowsOf(body)).not.toEqual([]);
  });
});

describe('Every example of a change works on the demo content', () => {
  const committed = committedDocument();
  const changes = ['POST', 'PUT', 'PATCH'].flatMap((method) =>
    operationsOf(committed).filter(
      ([address, { operationId }]) =>
        address.startsWith(`${method} `) && !operationId.endsWith('_alias'),
    ),
  );
  const requests = changes.flatMap(([address, operation, path]) =>
    examplesOf(operation).map((parameters): [string, string, Operation] => [
      address,
      questionOf(path, parameters),
      operation,
    ]),
  );

  it.each(requests)('%s: %s', async (address, question, operation) => {
    const example = bodyOf(committed, operation);
    const response = await fetch(server.url + question, {
      method: address.split(' ', 1)[0] ?? '',
      ...(example === undefined
        ? {}
        : { headers: { 'content-type': example.type }, body: example.text }),
    });
    const body: unknown = await response.json();
    expect(body).not.toHaveProperty('detail');
    expect([200, 201]).toContain(response.status);
    expect(complaint(address, response.status, body)).toBe('');
    // The next example makes the same tag.
    const made = address.endsWith('/import') ? response.headers.get('location') : null;
    if (made !== null) await fetch(server.url + made, { method: 'DELETE' });
  });
});

describe('Every example of a deletion is answered as described', () => {
  const deletions = operationsOf(committedDocument()).filter(([address]) =>
    address.startsWith('DELETE '),
  );

  it.each(deletions)('%s', async (address, operation, path) => {
    const response = await fetch(server.url + questionOf(path, operation.parameters ?? []), {
      method: 'DELETE',
    });
    const text = await response.text();
    const body: unknown = text === '' ? text : JSON.parse(text);
    expect([200, 204, 404, 409]).toContain(response.status);
    expect(complaint(address, response.status, body)).toBe('');
  });
});

describe('A problem', () => {
  it.each([
    ['GET /api/v1/global-tags/{name}', '/api/v1/global-tags/NONE', 404],
    ['GET /api/v1/global-tags', '/api/v1/global-tags?page=0', 400],
    ['GET /api/cdb_rest/globalTag/{name}', '/api/cdb_rest/globalTag/NONE', 404],
    ['GET /api/cdb_rest/payloadiovs', '/api/cdb_rest/payloadiovs?majorIOV=abc', 400],
  ])('of %s has the shape that is described', async (address, path, status) => {
    const response = await fetch(server.url + path);
    expect(response.status).toBe(status);
    expect(complaint(address, status, await response.json())).toBe('');
  });
});

describe('Swagger UI', () => {
  it('takes all it needs from this server', async () => {
    const html = await (await fetch(`${server.url}/api/docs`)).text();
    const files = [...html.matchAll(/\b(?:src|href)="([^"#]+)"/g)].map(([, file]) => file ?? '');
    expect(files).not.toEqual([]);
    for (const file of files) {
      expect(file).toMatch(/^\.\/docs\/[\w.-]+$/);
      expect((await fetch(new URL(file, `${server.url}/api/docs`))).status).toBe(200);
    }
    const start = await (await fetch(`${server.url}/api/docs/swagger-ui-init.js`)).text();
    expect(start).toMatch(/"validatorUrl": null/);
  });
});

describe('A service that stops', () => {
  it('is alive, but not ready, and its report says why', async () => {
    process.send('stop');
    await once(process, 'message');
    const address = 'GET /health/ready';
    const response = await fetch(`${server.url}/health/ready`);
    const report: unknown = await response.json();
    expect(response.status).toBe(503);
    expect(complaint(address, 503, report)).toBe('');
    expect(report).toMatchObject({ status: 'error', error: { process: { status: 'down' } } });
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  });
});

/** Only what is required; that with each other parameter; all of them, which is enough for an alias. */
function examplesOf({ operationId, parameters = [] }: Operation): Parameter[][] {
  if (operationId.endsWith('_alias')) return [[...parameters]];
  const required = parameters.filter((parameter) => parameter.required);
  // Without a page the drop-in protocol looks at nothing else.
  const page = parameters.filter(({ name }) => name === 'page');
  const others = parameters.filter((parameter) => !parameter.required && !page.includes(parameter));
  return [
    required,
    ...others.map((other) => [...required, ...page, other]),
    ...(others.length > 1 ? [[...parameters]] : []),
  ];
}

/** What a list has found; undefined for anything else. */
function rowsOf(body: unknown): unknown {
  if (Array.isArray(body)) return body;
  const { items, results, payloads } = body as Record<string, unknown>;
  return items ?? results ?? (payloads === undefined ? undefined : Object.keys(payloads as object));
}
