import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly description: string;
  readonly example?: string | number | boolean;
}

export interface Operation {
  readonly security?: readonly object[];
  /** Which rights it asks for, if it writes. */
  readonly 'x-rights'?: readonly string[];
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { content: Readonly<Record<string, { schema: Schema }>> };
  readonly responses: Readonly<Record<string, { content?: Record<string, object> }>>;
}

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly example?: unknown;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Where the document is committed. */
export const SNAPSHOT = new URL('openapi.json', import.meta.url);

/** The document as it is committed. */
export function committedDocument(): OpenApiDocument {
  return JSON.parse(readFileSync(SNAPSHOT, 'utf8')) as OpenApiDocument;
}

/** Every operation with where it is: `GET /api/v1/statuses`. */
export function operationsOf(document: OpenApiDocument): [string, Operation, string][] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, Operation, string] => [
      `${method.toUpperCase()} ${path}`,
      operation,
      path,
    ]),
  );
}

/** What a schema looks like when each part of it is its example, as tools fill in a form. */
export function exampleOf(document: OpenApiDocument, schema: Schema): unknown {
  if (schema.example !== undefined) return schema.example;
  const name = schema.$ref?.split('/').at(-1);
  const inner = name === undefined ? schema.allOf?.[0] : document.components.schemas[name];
  if (inner !== undefined) return exampleOf(document, inner);
  if (schema.items !== undefined) return [exampleOf(document, schema.items)];
  if (schema.properties === undefined) throw new Error(`no example: ${JSON.stringify(schema)}`);
  return Object.fromEntries(
    Object.entries(schema.properties).map(([field, each]) => [field, exampleOf(document, each)]),
  );
}

/** The example of the body of an operation, and what type it is of; undefined where it has none. */
export function bodyOf(
  document: OpenApiDocument,
  { requestBody }: Operation,
): { type: string; text: string } | undefined {
  const [[type, { schema }] = [undefined, { schema: {} }]] = Object.entries(
    requestBody?.content ?? {},
  );
  if (type === undefined) return undefined;
  const example = exampleOf(document, schema);
  return { type, text: type === 'application/json' ? JSON.stringify(example) : String(example) };
}

/** Path and query with the examples of these parameters. */
export function questionOf(path: string, parameters: readonly Parameter[]): string {
  const query = new URLSearchParams();
  let question = path;
  for (const parameter of parameters) {
    const example = String(parameter.example);
    if (parameter.in === 'query') query.set(parameter.name, example);
    else question = question.replace(`{${parameter.name}}`, encodeURIComponent(example));
  }
  return query.size > 0 ? `${question}?${query.toString()}` : question;
}

/** Says what is wrong with a body that an operation answers; a field that is not described is. */
export function answerChecker(
  document: OpenApiDocument,
): (address: string, status: number, body: unknown) => string {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(closed(document) as object, 'document');
  // A wrong field stands in a problem under its own name.
  ajv.addSchema(document, 'problems');
  const validators = new Map<string, ValidateFunction>();
  return (address, status, body) => {
    const [method = '', path = ''] = address.split(' ');
    const answer = document.paths[path]?.[method.toLowerCase()]?.responses[status];
    if (answer === undefined) return `${address} does not say that it answers ${status}`;
    const [type] = Object.keys(answer.content ?? {});
    if (type === undefined) return body === '' ? '' : 'a body is not described';
    const steps = [
      'paths',
      path,
      method.toLowerCase(),
      'responses',
      String(status),
      'content',
      type,
    ];
    const pointer = steps.map((step) => encodeURIComponent(escaped(step))).join('/');
    const $ref = `${status < 400 ? 'document' : 'problems'}#/${pointer}/schema`;
    const validate = validators.get($ref) ?? ajv.compile({ $ref });
    validators.set($ref, validate);
    return validate(body) ? '' : ajv.errorsText(validate.errors);
  };
}

const escaped = (step: string): string => step.replaceAll('~', '~0').replaceAll('/', '~1');

/** The same schemas, but without room for fields that they do not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)] as const);
  const open = 'properties' in schema && !('additionalProperties' in schema);
  return Object.fromEntries(open ? [...entries, ['additionalProperties', false]] : entries);
}
