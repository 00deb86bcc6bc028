import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CATALOGUE, Problem, type ProblemCode } from '#problems';
import { dropInForm } from '../apps/api/src/cdb-rest/drop-in-form.js';

const DOCUMENT = new URL('../docs/problems.md', import.meta.url);

const HEAD = `# Problems

Every mistake is answered with a sentence that says what is wrong. This page lists all kinds of
problems. It is written from the code (\`libs/problems/src/catalogue.ts\`); a test keeps it true.

## In the native API

\`/api/v1\` answers problems as [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) describes, with the
content type \`application/problem+json\`:

\`\`\`json
{
  "type": "urn:tempora:problem:global-tag-not-found",
  "title": "The global tag does not exist",
  "status": 404,
  "code": "global-tag-not-found",
  "detail": "The global tag \\"NoSuchTag\\" does not exist.",
  "instance": "/api/v1/global-tags/NoSuchTag"
}
\`\`\`

Programs look at \`code\`: it never changes its meaning. People read \`detail\`. Where fields or
parameters are wrong, \`errors\` names them, ten at most:

\`\`\`json
{ "field": "payloads.0.from.minor", "message": "A valid integer is required." }
\`\`\`

The header \`X-Request-Id\` of every answer finds the request in the log. A 503 is temporary and comes
with \`Retry-After\`, in seconds.

## In the drop-in protocol

\`/api/cdb_rest\` answers in the form that the clients of Nopayloaddb read: JSON with a \`detail\`
sentence, and each wrong field under its own name as well. There is no \`code\`.

\`\`\`json
{ "name": ["global tag with this name already exists."], "detail": "global tag with this name already exists." }
\`\`\`

A name that is taken is 400 there, as it always was. What is temporary is 504, on which every version
of \`nopayloadclient\` tries again.

## All problems

| code | native | drop-in | meaning |
|---|---|---|---|
`;

function dropInStatus(code: ProblemCode): number {
  return dropInForm.answer(new Problem(code, 'As it is.'), undefined).status;
}

describe('docs/problems.md', () => {
  it('is what the catalogue says (UPDATE_SNAPSHOTS=1 writes it anew)', () => {
    let document = HEAD;
    for (const [code, { status, title, meaning }] of Object.entries(CATALOGUE)) {
      const dropIn = dropInStatus(code as ProblemCode);
      document += `| \`${code}\` | ${status} | ${dropIn} | **${title}.** ${meaning} |\n`;
    }
    if (process.env['UPDATE_SNAPSHOTS'] === '1') writeFileSync(DOCUMENT, document);
    expect(readFileSync(DOCUMENT, 'utf8')).toBe(document);
  });
});
