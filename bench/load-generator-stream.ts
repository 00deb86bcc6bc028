import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type StreamLoad, type StreamResult } from './load.js';

/** Reads one long answer as fast as it comes and keeps nothing of it. */
export async function readStream({
  origin: { host, port },
  path,
  gzip,
  needle,
}: StreamLoad): Promise<StreamResult> {
  const headers = gzip ? { 'accept-encoding': 'gzip' } : {};
  const asked = performance.now();
  const asking = request({ host, port, path, headers, agent: false });
  const [answer] = (await once(asking.end(), 'response')) as [IncomingMessage];
  if (answer.statusCode !== 200) throw new Error(`${path}: ${String(answer.statusCode)}`);
  const firstByteMs = performance.now() - asked;
  let bytes = 0;
  let found = 0;
  const weigh = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  const count = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    found = await occurrences(chunks, Buffer.from(needle));
  };
  if (answer.headers['content-encoding'] === 'gzip') {
    await pipeline(answer, weigh, createGunzip(), count);
  } else {
    await pipeline(answer, weigh, count);
  }
  return { bytes, found, firstByteMs, seconds: (performance.now() - asked) / 1000 };
}

/** How often the needle is in the chunks, also where it lies across two. */
async function occurrences(chunks: AsyncIterable<Buffer>, needle: Buffer): Promise<number> {
  let found = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const text = Buffer.concat([rest, chunk]);
    let end = 0;
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, end)) {
      found += 1;
      end = at + needle.length;
    }
    rest = text.subarray(Math.max(end, text.length - needle.length + 1));
  }
  return found;
}
