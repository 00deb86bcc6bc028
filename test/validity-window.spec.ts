/** Every resolve says where its answer stays the same, from memory and from SQL alike. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { around, line, momentAt } from './answers-model.js';
import { type Answer, type HttpClient } from './http-client.js';
import { listOf, MemoryAndSql } from './memory-and-sql.js';
import { type TestServer } from './server.js';

const MAX = 2n ** 63n - 1n;
const LAST = line({ major: MAX, minor: MAX });
const TYPES = ['Beam', 'Field', 'Gain'];

/** Moments as [major, minor]: few, so that starts and ends meet, with the extremes among them. */
const MOMENTS: [bigint, bigint][] = [
  ...[0n, 1n, 2n, 3n, 4n, MAX].map((minor): [bigint, bigint] => [0n, minor]),
  ...[0n, 5n, MAX].map((minor): [bigint, bigint] => [1n, minor]),
  ...[0n, MAX - 1n, MAX].map((minor): [bigint, bigint] => [MAX, minor]),
];
const PROBES = around(MOMENTS.map(([major, minor]) => ({ major, minor })));

const moments = fc.constantFrom(...MOMENTS);
/** Ends may come before starts, and starts meet: adopted data has both. */
const rows = fc.array(
  fc.record({
    list: fc.nat({ max: TYPES.length - 1 }),
    start: moments,
    end: fc.oneof(moments, fc.constant<[bigint, bigint]>([MAX, MAX])),
  }),
  { maxLength: 10 },
);

type Rows = typeof rows extends fc.Arbitrary<infer T> ? T : never;

describe.each(['continuous', 'discrete'] as const)('In %s mode', (iovMode) => {
  let both: MemoryAndSql;
  let memory: TestServer;
  let database: TestServer;

  beforeAll(async () => {
    both = await MemoryAndSql.start(iovMode, TYPES);
    ({ memory, database } = both);
  });

  afterAll(async () => {
    await both.stop();
  });

  function tagWith(payloads: Rows): Promise<string> {
    return both.tagWith((tag) =>
      payloads.map(
        ({ list, start, end }, i) =>
          `INSERT INTO "PayloadIOV" (payload_url, checksum, size, extra, major_iov, minor_iov,
             major_iov_end, minor_iov_end, payload_list_id)
           SELECT 'ä "${i}"', 'c\t', ${i % 2 === 0 ? 'NULL' : MAX}, ${i % 3 === 0 ? 'NULL' : "'7'"},
                  ${start.join(', ')}, ${end.join(', ')}, l.id
             FROM ${listOf(tag, TYPES[list] ?? '')};`,
      ),
    );
  }

  /** Asks until it is answered from memory: a busy machine may have made the server doubt it. */
  async function fromMemory(client: HttpClient, path: string): Promise<Answer> {
    for (;;) {
      const answer = await client.get(path);
      if (answer.headers.get('cache-status') === 'Tempora; hit') return answer;
    }
  }

  /** The same from memory and from SQL, to the byte. */
  async function agreed(path: string, ask: (server: TestServer) => HttpClient): Promise<Answer> {
    const [held, read] = await Promise.all([
      fromMemory(ask(memory), path),
      ask(database).get(path),
    ]);
    expect([held.status, read.status]).toEqual([200, 200]);
    expect(read.headers.get('cache-status')).toBe('Tempora; fwd=miss');
    expect(held.text).toBe(read.text);
    for (const name of ['valid-from', 'valid-until', 'etag', 'cache-control', 'content-type']) {
      expect([name, held.headers.get(name)]).toEqual([name, read.headers.get(name)]);
    }
    return held;
  }

  /** The first and the last moment of the window. */
  function windowOf({ headers }: Answer): [bigint, bigint] {
    const end = headers.get('valid-until') ?? '';
    const first = lineOf(headers.get('valid-from') ?? '');
    if (end === 'open') return [first, LAST];
    return [first, lineOf(end) - (iovMode === 'continuous' ? 1n : 0n)];
  }

  /** The answer is the same all over its window, and another right beside it. */
  async function expectExact(
    ask: (at: bigint) => Promise<Answer>,
    shown: (answer: Answer) => string,
    at: bigint,
  ): Promise<void> {
    const answer = await ask(at);
    const [first, last] = windowOf(answer);
    expect(first <= at && at <= last).toBe(true);
    const inside = PROBES.filter((probe) => probe >= first && probe <= last);
    await Promise.all(
      [first, last, ...inside].map(async (probe) => {
        const same = await ask(probe);
        expect(shown(same)).toBe(shown(answer));
        expect(windowOf(same)).toEqual([first, last]);
      }),
    );
    for (const beside of [first - 1n, last + 1n]) {
      if (beside < 0n || beside > LAST) continue;
      expect(shown(await ask(beside))).not.toBe(shown(answer));
    }
  }

  const probes = fc.constantFrom(...PROBES);

  it.each(['', '&shape=dict'])('payloadiovs/?…%s is exact', async (shape) => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.array(probes, { minLength: 2, maxLength: 2 }),
        async (content, ats) => {
          const tag = await tagWith(content);
          for (const at of ats) {
            const ask = (moment: bigint) =>
              agreed(dropIn(tag, partsOf(moment)) + shape, (server) => server.dropIn);
            await expectExact(ask, ({ text }) => text, at);
          }
        },
      ),
      { numRuns: 6, seed: 20261122 },
    );
  });

  it('payloads/at is exact, of all types and of one', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        probes,
        fc.constantFrom(...TYPES, 'Elsewhere'),
        async (content, at, type) => {
          const tag = await tagWith(content);
          for (const query of ['', `&payload_type=${type}`]) {
            const ask = (moment: bigint) =>
              agreed(native(tag, partsOf(moment)) + query, (server) => server.native);
            await expectExact(ask, withoutMoment, at);
          }
        },
      ),
      { numRuns: 12, seed: 20261122 },
    );
  });

  it('the body of payloads/at says what its headers say', async () => {
    const tag = await tagWith([
      { list: 0, start: [0n, 1n], end: [0n, 4n] },
      { list: 1, start: [0n, 2n], end: [MAX, MAX] },
    ]);
    const window = async (minor: bigint) => {
      const { body } = await agreed(native(tag, [0n, minor]), (server) => server.native);
      return (body as { window: unknown }).window;
    };
    const last = iovMode === 'discrete';
    expect(await window(1n)).toEqual({
      from: { major: 0, minor: 1 },
      until: { major: 0, minor: last ? 1 : 2 },
    });
    expect(await window(5n)).toEqual({ from: { major: 0, minor: last ? 5 : 4 }, until: null });
  });

  it('an unknown tag, and one without payloads, answer the same for ever', async () => {
    const tag = await tagWith([]);
    for (const name of [tag, 'Unknown']) {
      for (const { dropIn: client } of [memory, database]) {
        const { headers } = await client.get(dropIn(name, [3n, 4n]));
        expect([headers.get('valid-from'), headers.get('valid-until')]).toEqual(['0/0', 'open']);
      }
    }
    const { body } = await agreed(native(tag, [3n, 4n]), (server) => server.native);
    expect(body).toMatchObject({
      missing: TYPES,
      window: { from: { major: 0, minor: 0 }, until: null },
    });
  });

  it('payloads/at can be asked for again: 304, HEAD', async () => {
    const tag = await tagWith([{ list: 0, start: [0n, 1n], end: [0n, 4n] }]);
    for (const { native: client } of [memory, database]) {
      const path = native(tag, [0n, 1n]);
      const { headers, text } = await client.get(path);
      const etag = headers.get('etag') ?? '';
      const again = await client.get(path, { headers: { 'if-none-match': etag } });
      expect([again.status, again.text]).toEqual([304, '']);
      expect(again.headers.get('valid-from')).toBe('0/1');
      const head = await client.send('HEAD', path);
      expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', etag]);
      expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
      const other = await client.get(`${path}&payload_type=Beam`, {
        headers: { 'if-none-match': '"x"' },
      });
      expect(other.status).toBe(200);
      expect((await client.get(native('Unknown', [0n, 1n]))).status).toBe(404);
      expect((await client.get(`${path}&payload_type=Unknown`)).status).toBe(404);
    }
  });
});

function dropIn(tag: string, [major, minor]: [bigint, bigint]): string {
  return `payloadiovs/?gtName=${tag}&majorIOV=${major}&minorIOV=${minor}`;
}

function native(tag: string, [major, minor]: [bigint, bigint]): string {
  return `global-tags/${tag}/payloads/at?major=${major}&minor=${minor}`;
}

function partsOf(at: bigint): [bigint, bigint] {
  const { major, minor } = momentAt(at);
  return [major, minor];
}

function lineOf(text: string): bigint {
  const [major = '', minor = ''] = text.split('/');
  return line({ major: BigInt(major), minor: BigInt(minor) });
}

function withoutMoment({ text }: Answer): string {
  return text.replace(/"at":\{[^}]*\},/, '');
}
