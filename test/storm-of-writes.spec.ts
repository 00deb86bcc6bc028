import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DropInConditions } from './drop-in-conditions.js';
import { createDatabase } from './postgres.js';
import { startServer, type TestServer } from './server.js';
import { until } from './until.js';

const WRITES = 300;
const READERS = 3;
const STEP = 10;

/**
 * Payload n starts at n * STEP and lasts until the next: whoever asks for a moment after it is
 * answered n as soon as n is there, and for ever unless n + 1 covers the moment. What was there
 * before the question must be seen, what was not begun when the answer came cannot be.
 */
describe('While a tag is written as fast as it goes', () => {
  let writing: TestServer;
  let other: TestServer;
  const lists: string[] = [];

  beforeAll(async () => {
    const connection = await createDatabase();
    [writing, other] = await Promise.all([
      startServer({ connection }),
      startServer({ connection }),
    ]);
    const conditions = new DropInConditions(writing.dropIn);
    lists.push(...(await conditions.tagWithLists('T', 'Beam', 'Field')));
    for (const list of lists) await append(list, 0);
    for (const server of [writing, other]) {
      await until(async () => {
        const { headers } = await ask(server, 0);
        return headers.get('cache-status') === 'Tempora; hit';
      });
    }
  });

  afterAll(async () => {
    await Promise.all([writing.stop(), other.stop()]);
  });

  async function append(list: string, n: number): Promise<void> {
    const row = { payload_list: list, payload_url: String(n), major_iov: 0, minor_iov: n * STEP };
    const { status } = await writing.dropIn.post('bulk_piov', [row]);
    expect(status).toBe(200);
  }

  const ask = (server: TestServer, minor: number) =>
    server.dropIn.get(`payloadiovs/?gtName=T&majorIOV=0&minorIOV=${minor}`);

  async function answered(server: TestServer, minor: number): Promise<number[]> {
    const { status, body } = await ask(server, minor);
    expect(status).toBe(200);
    return (body as [string, string][]).map(([, url]) => Number(url));
  }

  it('every answer is right, in the process that writes and beside it', async () => {
    const begun = [0, 0];
    const done = [0, 0];
    let ended = false;
    let fromMemory = 0;

    const write = async (which: number): Promise<void> => {
      for (let n = 1; n <= WRITES; n++) {
        begun[which] = n;
        await append(lists[which] ?? '', n);
        done[which] = n;
        if (n === WRITES / 2) await until(() => fromMemory > 0);
      }
    };

    const read = async (server: TestServer, reader: number): Promise<void> => {
      for (let question = reader; !ended; question++) {
        // Of now, and of the past.
        const n = question % 2 === 0 ? WRITES : (question * 7) % ((done[0] ?? 0) + 1);
        const before = [...done];
        const { body, headers } = await ask(server, n * STEP + 1);
        if (headers.get('cache-status') === 'Tempora; hit') fromMemory++;
        for (const [which, [, url]] of (body as [string, string][]).entries()) {
          // Another process is told of a write after it is done.
          const least = server === writing ? Math.min(n, before[which] ?? 0) : 0;
          expect(Number(url)).toBeGreaterThanOrEqual(least);
          expect(Number(url)).toBeLessThanOrEqual(Math.min(n, begun[which] ?? 0));
        }
      }
    };

    const readers = Array.from({ length: 2 * READERS }, (_, i) =>
      read(i % 2 === 0 ? writing : other, i),
    );
    await Promise.all([write(0), write(1)]);
    ended = true;
    await Promise.all(readers);

    for (const server of [writing, other]) {
      await until(async () => (await answered(server, WRITES * STEP)).every((n) => n === WRITES));
      for (let n = 0; n <= WRITES; n += 17) {
        expect(await answered(server, n * STEP + 1)).toEqual([n, n]);
      }
    }
  });
});
