import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type DatabaseConnection } from '#database';
import { type Insertion, type Interval, type IovMode, type Moment, OPEN_END } from '#iov';
import { AnswersModel, around, isInsertable, line, momentAt } from './answers-model.js';
import { forkProcess } from './compiled-sources.js';
import { DropInConditions } from './drop-in-conditions.js';
import { type Answer } from './http-client.js';
import { createDatabase, sql } from './postgres.js';
import { clientsOf } from './server.js';
import { type HostReply } from './server-host-process.js';

type Clients = ReturnType<typeof clientsOf>;

/** A server process of its own, unlike those of `startServer`, which share one. */
async function startProcess(connection: DatabaseConnection, mode: IovMode) {
  const child = await forkProcess('server-host');
  const started = once(child, 'message');
  child.send({
    id: 1,
    start: { env: { CDB_LOG_LEVEL: 'silent', CDB_IOV_MODE: mode }, connection },
  });
  const [reply] = (await started) as [HostReply];
  if ('error' in reply) throw new Error(reply.error);
  return {
    ...clientsOf(reply.told),
    async stop() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

const at = (minor: number): Moment => ({ major: 0n, minor: BigInt(minor) });
const isOpen = ({ end }: Interval) => line(end) === line(OPEN_END);

describe.each<IovMode>(['continuous', 'discrete'])('Two server processes, in %s mode', (mode) => {
  let connection: DatabaseConnection;
  let servers: Awaited<ReturnType<typeof startProcess>>[];
  let conditions: DropInConditions;
  let names = 0;

  beforeAll(async () => {
    connection = await createDatabase();
    servers = await Promise.all([startProcess(connection, mode), startProcess(connection, mode)]);
    conditions = new DropInConditions(through(0).dropIn);
    await conditions.payloadType('Beam');
    await conditions.payloadType('Field');
  });

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  });

  /** The processes take turns. */
  function through(turn: number): Clients {
    return servers[turn % servers.length] as Clients;
  }

  /** Prepares an insertion; what it returns is the one request that inserts. */
  async function prepared(
    { dropIn, native }: Clients,
    how: How,
    { tag, list }: { tag: string; list: string },
    url: string,
    insertion: Insertion,
  ): Promise<() => Promise<Answer>> {
    const { start, end, until } = insertion;
    if (how === 'attach') {
      const piov_id = await conditions.payload(
        url,
        [start.major, start.minor],
        [end.major, end.minor],
      );
      return () => dropIn.put('piov_attach', { payload_list: list, piov_id });
    }
    if (how === 'bulk') {
      const ends = until === 'next' ? {} : { major_iov_end: end.major, minor_iov_end: end.minor };
      const row = { payload_list: list, payload_url: url, ...ends };
      return () =>
        dropIn.post('bulk_piov', [{ ...row, major_iov: start.major, minor_iov: start.minor }]);
    }
    const last = until === 'next' ? 'next' : isOpen(insertion) ? 'open' : end;
    const payload = { payload_type: 'Beam', payload_url: url, checksum: 'c', from: start };
    return () =>
      native.post(`global-tags/${tag}/payloads`, { payloads: [{ ...payload, until: last }] });
  }

  async function newTag(): Promise<{ tag: string; list: string }> {
    const tag = `T${++names}`;
    await conditions.globalTag(tag);
    return { tag, list: await conditions.payloadList('Beam', tag) };
  }

  async function beamAt(tag: string, probe: bigint): Promise<string | undefined> {
    const { major, minor } = momentAt(probe);
    const { body } = await through(0).native.get(
      `global-tags/${tag}/payloads/at?major=${major}&minor=${minor}`,
    );
    return (body as { payloads: { Beam?: { payload_url: string } } }).payloads.Beam?.payload_url;
  }

  it('end concurrent insertions as if they had come one after another', async () => {
    const universe = [...Array.from({ length: 8 }, (_, i) => at(i)), OPEN_END];
    const probes = around(universe);
    await fc.assert(
      fc.asyncProperty(
        fc.array(requests(universe, mode), { minLength: 4, maxLength: 4 }),
        async (batch) => {
          const into = await newTag();
          const first: Insertion = { start: at(1), end: at(6), until: 'end' };
          await conditions.inserted(into.list, 'first', [0, 1], [0, 6]);
          const sends = await Promise.all(
            batch.map(({ how, insertion }, i) =>
              prepared(through(i), how, into, `p${i}`, insertion),
            ),
          );
          const answers = await Promise.all(sends.map((send) => send()));
          expect(answers.every(({ status }) => status === 200 || status === 201)).toBe(true);

          const seen = await Promise.all(probes.map((probe) => beamAt(into.tag, probe)));
          const possible = permutations([0, 1, 2, 3]).map((order) => {
            const model = new AnswersModel(probes, mode);
            model.insert('first', first);
            for (const i of order) {
              const request = batch[i];
              if (request !== undefined) model.insert(`p${i}`, request.insertion);
            }
            return model.summary;
          });
          expect(possible).toContain(seen.map((url) => url ?? '-').join(' '));
        },
      ),
      { numRuns: 15, seed: 20261122, endOnFailure: true },
    );
  });

  it('keep every payload of many, without overlaps, holes or strangers', async () => {
    const into = await newTag();
    const universe = Array.from({ length: 40 }, (_, i) => at(i));
    const many = fc
      .sample(requests([...universe, OPEN_END], mode), { numRuns: 200, seed: 20261122 })
      .filter(({ insertion }) => insertion.until === 'end')
      .slice(0, 60);
    expect(many).toHaveLength(60);
    const sends = await Promise.all(
      many.map(({ how, insertion }, i) => prepared(through(i), how, into, `p${i}`, insertion)),
    );
    const answers = await Promise.all(sends.map((send) => send()));
    expect(answers.filter(({ status }) => status !== 200 && status !== 201)).toEqual([]);

    const stored = await sql<{ payload_url: string }>(
      connection,
      `SELECT DISTINCT payload_url FROM "PayloadIOV" WHERE payload_url = ANY($1)`,
      [many.map((_, i) => `p${i}`)],
    );
    expect(stored).toHaveLength(60);
    const meets = mode === 'discrete' ? '<=' : '<';
    const overlaps = await sql(
      connection,
      `SELECT a.payload_url, b.payload_url
         FROM "PayloadIOV" a JOIN "PayloadIOV" b USING (payload_list_id)
         JOIN "PayloadList" l ON l.id = payload_list_id
        WHERE l.name = $1 AND a.id < b.id
          AND (a.major_iov, a.minor_iov) ${meets} (b.major_iov_end, b.minor_iov_end)
          AND (b.major_iov, b.minor_iov) ${meets} (a.major_iov_end, a.minor_iov_end)`,
      [into.list],
    );
    expect(overlaps).toEqual([]);
    for (const probe of universe.map(line)) {
      const asked = many.flatMap(({ insertion: { start, end } }, i) =>
        line(start) <= probe && (probe < line(end) || (mode === 'discrete' && probe === line(end)))
          ? [`p${i}`]
          : [],
      );
      expect(asked.length === 0 ? [undefined] : asked).toContain(await beamAt(into.tag, probe));
    }
  });

  it('attach one of two lists of a type', async () => {
    for (let round = 0; round < 8; round++) {
      const tag = `T${++names}`;
      await conditions.globalTag(tag);
      const lists = [await conditions.payloadList('Beam'), await conditions.payloadList('Beam')];
      const answers = await Promise.all(
        lists.map((payload_list, i) =>
          through(i).dropIn.put('pl_attach', { global_tag: tag, payload_list }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      const attached = await listsOf(`global_tag=${tag}`);
      expect(attached).toHaveLength(1);
      expect(lists).toContain(attached[0]);
    }
  });

  it('make one list for a type that all insert at once for the first time', async () => {
    for (let round = 0; round < 4; round++) {
      const tag = `T${++names}`;
      const type = `Type${names}`;
      await conditions.globalTag(tag);
      await conditions.payloadType(type);
      const answers = await Promise.all(
        [0, 1, 2, 3, 4, 5].map((i) =>
          through(i).native.post(`global-tags/${tag}/payloads`, {
            payloads: [{ payload_type: type, payload_url: `p${i}`, checksum: 'c', from: at(i) }],
          }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201]);
      expect(await listsOf(`payload_type=${type}`)).toHaveLength(1);
      expect(await urlsOf(tag)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5']);
    }
  });

  async function listsOf(filter: string): Promise<string[]> {
    const { body } = await through(0).native.get(`payload-lists?${filter}`);
    return (body as { items: { name: string }[] }).items.map(({ name }) => name);
  }

  async function urlsOf(tag: string, type?: string): Promise<string[]> {
    const { body } = await through(1).native.get(
      `global-tags/${tag}/payloads?page_size=1000${type === undefined ? '' : `&payload_type=${type}`}`,
    );
    const { items } = body as { items: { payload_url: string }[] };
    return items.map(({ payload_url }) => payload_url).toSorted();
  }

  it('clone a tag with both payloads of an insertion or with none', async () => {
    const { tag } = await newTag();
    await conditions.payloadList('Field', tag);
    let inserted = 0;
    const insertBoth = async () => {
      while (inserted < 40) {
        const i = inserted++;
        const pair = { payload_url: `pair${i}`, checksum: 'c', from: at(i) };
        const { status } = await through(0).native.post(`global-tags/${tag}/payloads`, {
          payloads: ['Beam', 'Field'].map((payload_type) => ({ ...pair, payload_type })),
        });
        expect(status).toBe(201);
      }
    };
    const clones: string[] = [];
    const cloneMeanwhile = async () => {
      do {
        const name = `${tag}_${clones.length}`;
        const { status } = await through(1).native.post(`global-tags/${tag}/clone`, { name });
        expect(status).toBe(201);
        clones.push(name);
      } while (inserted < 40);
    };
    await Promise.all([insertBoth(), insertBoth(), cloneMeanwhile()]);
    for (const clone of clones) {
      expect(await urlsOf(clone, 'Beam')).toEqual(await urlsOf(clone, 'Field'));
    }
    expect(await urlsOf(tag, 'Beam')).toHaveLength(40);
  });
});

type How = 'attach' | 'bulk' | 'native';

function requests(
  universe: Moment[],
  mode: IovMode,
): fc.Arbitrary<{ how: How; insertion: Insertion }> {
  const moment = fc.constantFrom(...universe);
  const insertion = fc
    .record({ start: moment, end: moment, until: fc.constantFrom('end', 'next') })
    .map(({ start, end, until }): Insertion =>
      until === 'next' ? { start, end: OPEN_END, until } : { start, end, until: 'end' },
    )
    .filter((each) => isInsertable(each, mode));
  return fc
    .record({ how: fc.constantFrom<How>('attach', 'bulk', 'native'), insertion })
    .filter(({ how, insertion: each }) => {
      if (how === 'attach') return each.until === 'end';
      // The end of a bulk row that is open is none.
      return how === 'native' || each.until === 'next' || !isOpen(each);
    });
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) =>
    permutations(items.toSpliced(i, 1)).map((others) => [item, ...others]),
  );
}
