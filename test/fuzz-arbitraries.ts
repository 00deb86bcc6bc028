import fc from 'fast-check';
import {
  exampleOf,
  type OpenApiDocument,
  type Operation,
  operationsOf,
} from './openapi-document.js';

/** A request as it is sent. */
export interface FuzzRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Sent as it is. */
  readonly body?: string;
  readonly contentType?: string;
}

const INT64_MAX = 2n ** 63n - 1n;

/** JSON text of values that are rarely thought of. */
const hostileJson = fc.oneof(
  fc.constantFrom(
    ...[INT64_MAX, INT64_MAX + 1n, -1n, -(2n ** 63n), 2n ** 64n, 2n ** 53n + 1n, 0n].map(String),
    ...['0.5', '1e3', '1e400', '-0', '1E-7', '9223372036854775807.0', '0.99999999999999999999'],
    ...['null', 'true', '""', '" "', '"\\u0000"', '"\\ud800"', '"\\u202e"', '"../.."', '"%00"'],
    ...['[]', '{}', '[[[]]]', '{"__proto__":{"x":1}}', '{"constructor":{"prototype":{}}}'],
    ...['NaN', '-', '{"a":1,"a":2}', `"${'x'.repeat(300)}"`, `"${'😀'.repeat(81)}"`],
    '['.repeat(40) + ']'.repeat(40),
  ),
  fc.json({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => JSON.stringify(text)),
);

/** Text for a part of a path or a query. */
const hostileText = fc.oneof(
  fc.constantFrom(
    ...[INT64_MAX, INT64_MAX + 1n, -1n].map(String),
    ...['0.5', '1e3', '', ' ', '..', '.', '\0', 'a\0b', '%', "' OR 1=1 --", '$1', '\u202e', '😀'],
    ...['__proto__', 'constructor', 'toString', 'x'.repeat(300), '*', '_', '%%', '\\', '0x10'],
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map(String),
);

/** What is there already, so that not every question ends with 404. */
const KNOWN = [
  'DEMO_2026_online',
  'BeamSpot',
  'BeamSpot_1',
  'unlocked',
  'locked',
  '1',
  '0',
  '1250',
];

const pathText = fc.oneof(fc.constantFrom(...KNOWN), hostileText);

/** Requests of every operation of the document, mostly well formed, with something odd in them. */
export function fuzzRequests(document: OpenApiDocument): fc.Arbitrary<FuzzRequest> {
  const operations = operationsOf(document).filter(([address]) => !address.endsWith('/timeout'));
  return fc.oneof(
    ...operations.map(([address, operation, path]) =>
      requestOf(document, address, operation, path),
    ),
  );
}

function requestOf(
  document: OpenApiDocument,
  address: string,
  operation: Operation,
  path: string,
): fc.Arbitrary<FuzzRequest> {
  const [method = ''] = address.split(' ');
  const holes = path.match(/\{\w+\}/g) ?? [];
  const parameters = (operation.parameters ?? []).filter(({ in: where }) => where === 'query');
  const query = parameters.map(({ name, example }) =>
    fc.option(
      fc
        .oneof(fc.constant(String(example ?? '')), hostileText)
        .map((value) => `${name}=${encoded(value)}`),
      { nil: '' },
    ),
  );
  return fc
    .tuple(
      fc.array(pathText, { minLength: holes.length, maxLength: holes.length }),
      fc.tuple(...query),
      bodyOf(document, operation),
      fc.constantFrom('application/json', 'application/json', 'application/json', 'text/plain'),
    )
    .map(([names, asked, body, contentType]) => {
      let filled = path;
      for (const name of names) {
        filled = filled.replace(/\{\w+\}/, () => encoded(name));
      }
      const search = asked.filter((part) => part !== '').join('&');
      return {
        method,
        path: search === '' ? filled : `${filled}?${search}`,
        ...(body === undefined ? {} : { body, contentType }),
      };
    });
}

/** Percent-encoded; half of a character cannot be. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, ''));
}

/** The example of the body with something else in a place of it, or no such thing at all. */
function bodyOf(document: OpenApiDocument, operation: Operation): fc.Arbitrary<string | undefined> {
  const schema = operation.requestBody?.content['application/json']?.schema;
  if (schema === undefined) return fc.constant(undefined);
  const example = JSON.stringify(exampleOf(document, schema));
  const values = [...example.matchAll(/:("(?:[^"\\]|\\.)*"|[\w.-]+)/g)];
  const changed = fc
    .tuple(fc.nat({ max: Math.max(0, values.length - 1) }), hostileJson)
    .map(([index, json]) => {
      const value = values[index];
      if (value === undefined) return example;
      const begin = value.index + 1;
      return example.slice(0, begin) + json + example.slice(value.index + value[0].length);
    });
  return fc.oneof(
    { weight: 6, arbitrary: changed },
    { weight: 2, arbitrary: fc.constant(example) },
    { weight: 1, arbitrary: hostileJson },
    { weight: 1, arbitrary: fc.nat({ max: example.length }).map((end) => example.slice(0, end)) },
  );
}

/** The request as one can repeat it in a shell. */
export function asCurl(url: string, { method, path, body, contentType }: FuzzRequest): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const sent =
    body === undefined
      ? ''
      : ` -H 'Content-Type: ${contentType ?? ''}' --data-binary ${quoted(body.slice(0, 2_000))}`;
  return `curl --path-as-is -X ${method}${sent} ${quoted(url + path)}`;
}
