import { createHash } from 'node:crypto';
import { expect } from '@jest/globals';
import { type Answer, type HttpClient } from './http-client.js';
import { type JsonObject, parseExactly, writeExactly } from './json.js';

export const NDJSON = 'application/x-ndjson';

/** The file of a tag. */
export async function exported(native: HttpClient, tag: string): Promise<string> {
  const answer = await native.get(`global-tags/${encodeURIComponent(tag)}/export`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe(NDJSON);
  return answer.text;
}

export function imported(
  native: HttpClient,
  tag: string,
  file: string,
  query = '',
): Promise<Answer> {
  return native.send('POST', `global-tags/${encodeURIComponent(tag)}/import${query}`, {
    text: file,
    headers: { 'content-type': NDJSON },
  });
}

/** Its lines as objects. */
export function linesOf(file: string): JsonObject[] {
  expect(file.endsWith('\n')).toBe(true);
  return file
    .slice(0, -1)
    .split('\n')
    .map((line) => parseExactly(line) as JsonObject);
}

/** A file of lines, with the digest that they have. */
export function fileOf(lines: readonly JsonObject[]): string {
  const body = lines
    .slice(0, -1)
    .map((line) => `${writeExactly(line)}\n`)
    .join('');
  const trailer = { ...lines.at(-1), sha256: createHash('sha256').update(body).digest('hex') };
  return `${body}${writeExactly(trailer)}\n`;
}

/** What a file says of its tag, apart from names and times, which are others for each tag. */
export function contentOf(file: string): JsonObject[] {
  const [header, ...rest] = linesOf(file);
  const { created, updated, global_tag, ...tag } = header as JsonObject;
  expect([created, updated, global_tag]).not.toContain(undefined);
  return [tag, ...rest].map((line) => {
    const { payload_list, sha256, ...others } = line;
    return {
      ...others,
      ...(payload_list === undefined ? {} : { isList: true }),
      ...(sha256 === undefined ? {} : { isTrailer: true }),
    };
  });
}
