import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { VERSION } from '#observability';
import { CATALOGUE } from '#problems';
import { ProblemDocument } from './http/problem.dto.js';

const DOCS = 'api/docs';
const DOCUMENT = 'api/openapi.json';

const DESCRIPTION = `
Tempora answers which calibration payloads of a global tag are valid at a moment, and lets experts
write those answers safely. Start with *Resolve* under **Payloads**: its examples work on the demo tag.

A **moment** is a pair (major, minor) of integers from 0 to 2^63-1, ordered by major, then minor.
Integers of this size are exact, both ways: use a JSON parser that keeps them so.
Problems come as \`application/problem+json\` with a stable \`code\`. The **drop-in protocol** below is
what existing clients of Nopayloaddb speak; new clients use the native one.`.trim();

const DROP_IN = `
What existing clients of Nopayloaddb speak, path by path. Success is always exactly 200; a path is
accepted with and without a trailing slash. Times are UTC with microseconds and without a zone letter.`.trim();

const TOKEN = `
The token of your portal or issuer, without the word Bearer. Whatever writes needs one, where the
operator asks for it; whatever reads needs none, unless the operator says so.`.trim();

/** The paths in the order in which they are shown. */
const SECTIONS = ['/api/v1/', '/api/cdb_rest/', '/health/'];
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
/** What any body can be refused for before a field of it is read. */
const BODY_PROBLEMS = ['malformed-body', 'body-too-large', 'unsupported-media-type'] as const;

/** What any question can be refused for before it is looked at. */
const ACCESS_PROBLEMS = ['unauthenticated', 'forbidden'] as const;

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** The document and its page, served offline. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup(DOCS, app, () => openApiDocument(app), {
    jsonDocumentUrl: DOCUMENT,
    raw: ['json'],
    customSiteTitle: 'Tempora API',
    swaggerOptions: {
      deepLinking: true,
      persistAuthorization: false,
      tryItOutEnabled: true,
      displayRequestDuration: true,
      docExpansion: 'list',
      // Swagger UI would ask a server on the Internet whether the document is valid.
      validatorUrl: null,
    },
  });
}

function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Tempora')
    .setDescription(DESCRIPTION)
    .setVersion(VERSION)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'This server')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: TOKEN })
    .addTag('Payloads', 'What is valid when.')
    .addTag('Global tags', 'Named, consistent sets of conditions.')
    .addTag('Payload types', 'Kinds of conditions data.')
    .addTag('Payload lists', 'The payloads of one type in one global tag.')
    .addTag('Access', 'Who I am, and what I may do.')
    .addTag('Drop-in protocol', DROP_IN)
    .addTag('Health', 'For probes and people.')
    .build();
  config.info.contact = { name: 'Whoever runs this server' };
  const document = SwaggerModule.createDocument(app, config, {
    extraModels: [ProblemDocument],
    operationIdFactory: (controller, method) =>
      `${controller.replace(/Controller$/, '')}_${method}`,
  });
  document.paths = sortedPaths(document);
  for (const { path, operation } of operationsOf(document)) {
    sortParameters(path, operation);
    liftExamples(operation);
    describeBody(operation);
    if (/^\/api\/(v1|cdb_rest)\//.test(path)) describeAccess(operation);
  }
  nameAliases(document);
  return document;
}

function sortedPaths({ paths }: OpenAPIObject): OpenAPIObject['paths'] {
  const section = (path: string): number => SECTIONS.findIndex((prefix) => path.startsWith(prefix));
  return Object.fromEntries(Object.entries(paths).sort(([a], [b]) => section(a) - section(b)));
}

function operationsOf({
  paths,
}: OpenAPIObject): { path: string; method: string; operation: Operation }[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ path, method, operation }];
    }),
  );
}

/** The parameters of the path as they follow in it, then the others. */
function sortParameters(path: string, { parameters }: Operation): void {
  const position = (parameter: object): number =>
    'in' in parameter && parameter.in === 'path' && 'name' in parameter
      ? path.indexOf(`{${String(parameter.name)}}`)
      : path.length;
  parameters?.sort((a, b) => position(a) - position(b));
}

/** An example belongs to the parameter, where every tool looks for it. */
function liftExamples({ parameters = [] }: Operation): void {
  for (const parameter of parameters) {
    if (!('schema' in parameter) || !('example' in parameter.schema)) continue;
    const { example, ...schema } = parameter.schema as { example: unknown };
    Object.assign(parameter, { schema, example });
  }
}

function describeBody({ requestBody, responses }: Operation): void {
  const refusal = responses['400'];
  if (requestBody === undefined || refusal === undefined || !('content' in refusal)) return;
  const coded = 'application/problem+json' in (refusal.content ?? {});
  for (const code of BODY_PROBLEMS) {
    const { status, meaning } = CATALOGUE[code];
    const known = responses[status];
    const described = known !== undefined && 'description' in known ? [known.description] : [];
    const description = [...described, coded ? `\`${code}\`: ${meaning}` : meaning].join('\n\n');
    responses[status] = { ...refusal, description };
  }
}

/** What whoever calls it may be asked for; where it only reads, a token need not be sent. */
function describeAccess(operation: Operation & { 'x-rights'?: readonly string[] }): void {
  operation.security ??= [{ bearer: [] }, {}];
  const rights = operation['x-rights']?.map((right) => `\`${right}\``).join(', ');
  const { '400': refusal } = operation.responses;
  if (refusal === undefined || !('content' in refusal)) return;
  const coded = 'application/problem+json' in (refusal.content ?? {});
  for (const code of ACCESS_PROBLEMS) {
    const { status, meaning } = CATALOGUE[code];
    const asked = code === 'forbidden' && rights !== undefined ? ` Asked for: ${rights}.` : '';
    const described = operation.responses[status] ?? refusal;
    if (!('description' in described)) continue;
    const before = described === refusal ? [] : [described.description];
    const text = coded ? `\`${code}\`: ${meaning}${asked}` : `${meaning}${asked}`;
    operation.responses[status] = { ...described, description: [...before, text].join('\n\n') };
  }
}

/**
 * A path and its aliases share a handler; each is an operation of its own, and says of which. Nest
 * numbers them: `GlobalTag_list[0]` is the path that is named first.
 */
function nameAliases(document: OpenAPIObject): void {
  const operations = operationsOf(document).map(({ path, method, operation }) => {
    const [, name = '', position = '0'] =
      /^(.*?)(?:\[(\d+)\])?$/.exec(operation.operationId ?? '') ?? [];
    return { address: `${method.toUpperCase()} ${path}`, operation, name, position };
  });
  const originals = new Map(
    operations.flatMap(({ name, position, address }) =>
      position === '0' ? [[name, address]] : [],
    ),
  );
  for (const { operation, name, position } of operations) {
    operation.operationId = position === '0' ? name : `${name}_alias`;
    if (position === '0') continue;
    operation.summary = `${operation.summary ?? ''} (alias)`;
    operation.description = `Another name of \`${originals.get(name) ?? ''}\`. ${operation.description ?? ''}`;
  }
}
