import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ProblemDocument } from './http/problem.dto.js';

const DOCS = 'api/docs';
const DOCUMENT = 'api/openapi.json';

const DESCRIPTION = `
Tempora answers which calibration payloads of a global tag are valid at a moment, and lets experts
write those answers safely. Start with *Resolve* under **Payloads**: its examples work on the demo tag.

A **moment** is a pair (major, minor) of integers from 0 to 2^63-1, ordered by major, then minor.
Problems come as \`application/problem+json\` with a stable \`code\`. The **drop-in protocol** below is
what existing clients of Nopayloaddb speak; new clients use the native one.`.trim();

/** The document and its page, served offline. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup(DOCS, app, () => openApiDocument(app), {
    jsonDocumentUrl: DOCUMENT,
    customSiteTitle: 'Tempora API',
    swaggerOptions: { tryItOutEnabled: true, displayRequestDuration: true, docExpansion: 'list' },
  });
}

export function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Tempora')
    .setDescription(DESCRIPTION)
    .setVersion('0.1.0')
    .setContact('Tempora', 'https://github.com/', '')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'This server')
    .addTag('Payloads', 'What is valid when.')
    .addTag('Global tags', 'Named, consistent sets of conditions.')
    .addTag('Payload types', 'Kinds of conditions data.')
    .addTag('Payload lists', 'The payloads of one type in one global tag.')
    .addTag('Health', 'For probes and people.')
    .addTag('Drop-in protocol', 'What existing clients of Nopayloaddb speak.')
    .build();
  const document = SwaggerModule.createDocument(app, config, { extraModels: [ProblemDocument] });
  return distinctOperations(document);
}

/** A path and its aliases share a handler; each is an operation of its own. */
function distinctOperations(document: OpenAPIObject): OpenAPIObject {
  const seen = new Map<string, number>();
  for (const operations of Object.values(document.paths)) {
    for (const operation of Object.values(operations) as { operationId?: string }[]) {
      const id = operation.operationId;
      if (id === undefined) continue;
      const times = (seen.get(id) ?? 0) + 1;
      seen.set(id, times);
      if (times > 1) operation.operationId = `${id}_${times}`;
    }
  }
  return document;
}
