import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { INT64_MAX, type Insertion, type IovMode, OPEN_END } from '#iov';
import { AnswersModel, around, isInsertable, line, momentAt } from './answers-model.js';
import { DropInConditions } from './drop-in-conditions.js';
import { sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';
import { until } from './until.js';

/** Few, so that boundaries meet; carries between the parts and both extremes are among them. */
const UNIVERSE = [
  { major: 0n, minor: 0n },
  { major: 0n, minor: 1n },
  { major: 0n, minor: 3n },
  { major: 0n, minor: INT64_MAX },
  { major: 1n, minor: 0n },
  { major: 1n, minor: 2n },
  { major: INT64_MAX, minor: INT64_MAX - 1n },
  OPEN_END,
];
const PROBES = around(UNIVERSE);
const LISTS = 20;

type How = 'attach' | 'bulk' | 'native';
/** One request, but for `attach`, which takes two for each insertion. */
interface Step {
  readonly how: How;
  readonly insertions: readonly Insertion[];
}

function insertions(mode: IovMode, how: How): fc.Arbitrary<Insertion> {
  const any = fc.constantFrom(...UNIVERSE);
  return fc
    .record({ start: any, end: any, until: fc.constantFrom('end', 'next') })
    .map(({ start, end, until }): Insertion => {
      const open = line(end) === line(OPEN_END);
      if (how === 'attach' || (how === 'native' && until === 'end')) {
        return { start, end, until: 'end' };
      }
      return until === 'next' || open
        ? { start, end: OPEN_END, until: 'next' }
        : { start, end, until: 'end' };
    })
    .filter((insertion) => isInsertable(insertion, mode));
}

function histories(mode: IovMode): fc.Arbitrary<Step[]> {
  const step = fc
    .constantFrom<How>('attach', 'bulk', 'native')
    .chain((how) =>
      fc
        .array(insertions(mode, how), { minLength: 1, maxLength: 3 })
        .map((batch) => ({ how, insertions: batch })),
    );
  return fc.array(step, { minLength: 1, maxLength: 8 });
}

describe.each<IovMode>(['continuous', 'discrete'])(
  'Insertions by both protocols, in %s mode',
  (iovMode) => {
    let server: TestServer;
    let tags = 0;
    const types = Array.from({ length: LISTS }, (_, i) => `Type${i}`);

    beforeAll(async () => {
      server = await startServer({ iovMode });
      for (const type of types) await new DropInConditions(server.dropIn).payloadType(type);
    });

    afterAll(async () => {
      await server.stop();
    });

    it('answer as the rule says, at every boundary and beside it, and lose nothing', async () => {
      const ofEachList = fc.array(histories(iovMode), { minLength: LISTS, maxLength: LISTS });
      await fc.assert(
        fc.asyncProperty(ofEachList, async (lists) => {
          const tag = `T${++tags}`;
          const conditions = new DropInConditions(server.dropIn);
          await conditions.globalTag(tag);
          const histories = await Promise.all(
            lists.map(async (steps, i) => {
              const type = types[i] ?? '';
              const list = await conditions.payloadList(type, tag);
              return { steps, type, list, model: new AnswersModel(PROBES, iovMode) };
            }),
          );
          const stored: string[] = [];
          const longest = Math.max(...lists.map(({ length }) => length));
          for (let at = 0; at < longest; at++) {
            await Promise.all(
              histories.map(async ({ steps, type, list, model }) => {
                const step = steps[at];
                if (step === undefined) return;
                const urls = step.insertions.map((_, i) => `${tag}/${type}/${at}.${i}`);
                await SEND[step.how](server, { tag, type, list }, step.insertions, urls);
                for (const [i, insertion] of step.insertions.entries()) {
                  model.insert(urls[i] ?? '', insertion);
                }
                stored.push(...urls);
              }),
            );
            await compare(tag, histories);
          }
          expect(await storedOf(tag)).toEqual(stored.toSorted());
        }),
        { numRuns: 3, seed: 20261122, endOnFailure: true },
      );
    });

    it('at the first moment of all leave alone what starts later, in memory too', async () => {
      const tag = `T${++tags}`;
      const conditions = new DropInConditions(server.dropIn);
      await conditions.globalTag(tag);
      const list = await conditions.payloadList('Type0', tag);
      await conditions.inserted(list, 'later.root', [0, 10]);
      // So much that the change is small: the tag is updated, not loaded anew.
      const payload_list = await conditions.payloadList('Type1', tag);
      const rows = Array.from({ length: 40 }, (_, i) => i).map((minor_iov) => ({
        payload_list,
        payload_url: `${tag}/${minor_iov}`,
        major_iov: 1,
        minor_iov,
      }));
      expect(await server.dropIn.post('bulk_piov', rows)).toMatchObject({ status: 200 });
      const ask = () => server.dropIn.get(`payloadiovs/?gtName=${tag}&majorIOV=0&minorIOV=10`);
      const held = async () => (await ask()).headers.get('cache-status') === 'Tempora; hit';
      await until(held);
      await conditions.inserted(list, 'first.root', [0, 0], [0, 5]);
      await until(held);
      expect(await conditions.valid(tag, [0, 10])).toEqual({ Type0: 'later.root' });
    });

    async function compare(
      tag: string,
      histories: readonly { type: string; model: AnswersModel }[],
    ): Promise<void> {
      for (const probe of PROBES) {
        const right = Object.fromEntries(
          histories.flatMap(({ type, model }) => {
            const url = model.at(probe);
            return url === undefined ? [] : [[type, url]];
          }),
        );
        const { major, minor } = momentAt(probe);
        const where = `(${major}, ${minor})`;
        const native = await server.native.get(
          `global-tags/${tag}/payloads/at?major=${major}&minor=${minor}`,
        );
        const { payloads } = native.body as { payloads: Record<string, { payload_url: string }> };
        const valid = Object.entries(payloads).map(([type, { payload_url }]) => [
          type,
          payload_url,
        ]);
        expect({ where, ...Object.fromEntries(valid) }).toEqual({ where, ...right });
        expect({
          where,
          ...(await new DropInConditions(server.dropIn).valid(tag, [major, minor])),
        }).toMatchObject({
          where,
          ...right,
        });
      }
    }

    async function storedOf(tag: string): Promise<string[]> {
      const rows = await sql<{ payload_url: string }>(
        server.connection,
        `SELECT DISTINCT payload_url FROM "PayloadIOV" WHERE starts_with(payload_url, $1)`,
        [`${tag}/`],
      );
      return rows.map(({ payload_url }) => payload_url).toSorted();
    }
  },
);

type Send = (
  server: TestServer,
  into: { tag: string; type: string; list: string },
  insertions: readonly Insertion[],
  urls: readonly string[],
) => Promise<void>;

const isOpen = ({ end }: Insertion) => line(end) === line(OPEN_END);

const SEND: Record<How, Send> = {
  async attach({ dropIn }, { list }, insertions, urls) {
    for (const [i, insertion] of insertions.entries()) {
      const { start, end } = insertion;
      await new DropInConditions(dropIn).inserted(
        list,
        urls[i] ?? '',
        [start.major, start.minor],
        isOpen(insertion) ? undefined : [end.major, end.minor],
      );
    }
  },

  async bulk({ dropIn }, { list }, insertions, urls) {
    const rows = insertions.map(({ start, end, until }, i) => ({
      payload_list: list,
      payload_url: urls[i],
      checksum: 'c',
      major_iov: start.major,
      minor_iov: start.minor,
      ...(until === 'next' ? {} : { major_iov_end: end.major, minor_iov_end: end.minor }),
    }));
    expect(await dropIn.post('bulk_piov', rows)).toMatchObject({ status: 200 });
  },

  async native({ native }, { tag, type }, insertions, urls) {
    const payloads = insertions.map((insertion, i) => ({
      payload_type: type,
      payload_url: urls[i],
      checksum: 'c',
      from: insertion.start,
      until: insertion.until === 'next' ? 'next' : isOpen(insertion) ? 'open' : insertion.end,
    }));
    const answer = await native.post(`global-tags/${tag}/payloads`, { payloads });
    expect(answer).toMatchObject({ status: 201 });
  },
};
