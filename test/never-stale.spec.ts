import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type DatabaseConnection } from '#database';
import { DropInConditions } from './drop-in-conditions.js';
import { allowConnections, cutOff } from './cut-database.js';
import { cloneDatabase, createDatabase, sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';
import { until } from './until.js';

/** Two servers on one database, and psql beside them: whoever asks, memory answers as SQL would. */
describe('Answers from memory', () => {
  let one: TestServer;
  let other: TestServer;
  let tags = 0;

  beforeAll(async () => {
    const connection = await createDatabase();
    [one, other] = await Promise.all([startServer({ connection }), startServer({ connection })]);
    await new DropInConditions(one.dropIn).payloadType('Beam');
    await new DropInConditions(one.dropIn).payloadType('Field');
  });

  afterAll(async () => {
    await Promise.all([one.stop(), other.stop()]);
  });

  const ask = (server: TestServer, tag: string, minor: number) =>
    server.dropIn.get(`payloadiovs/?gtName=${tag}&majorIOV=0&minorIOV=${minor}`);

  /** Asks until the tag is held, which is when it answers from memory. */
  async function warm(server: TestServer, tag: string): Promise<void> {
    await until(async () => {
      const { headers } = await ask(server, tag, 0);
      return headers.get('cache-status') === 'Tempora; hit';
    });
  }

  /** By another statement than the service's: of each list the latest start, without any index in mind. */
  async function truth(tag: string, minor: number): Promise<unknown[]> {
    const rows = await sql<{ name: string; payload_url: string }>(
      one.connection,
      `SELECT DISTINCT ON (l.id) t.name, p.payload_url
         FROM "PayloadIOV" p JOIN "PayloadList" l ON l.id = p.payload_list_id
         JOIN "PayloadType" t ON t.id = l.payload_type_id
         JOIN "GlobalTag" g ON g.id = l.global_tag_id
        WHERE g.name = $1 AND (p.major_iov, p.minor_iov) <= (0, $2)
        ORDER BY l.id, p.major_iov DESC, p.minor_iov DESC, p.id DESC`,
      [tag, minor],
    );
    return rows.map(({ name, payload_url }) => [name, payload_url]).sort();
  }

  async function answered(server: TestServer, tag: string, minor: number): Promise<unknown[]> {
    const { status, body } = await ask(server, tag, minor);
    expect(status).toBe(200);
    return (body as string[][]).map(([name, url]) => [name, url]).sort();
  }

  const MOMENTS = [0, 1, 2, 3, 5, 8, 13, 20];

  async function agree(tag: string): Promise<void> {
    for (const minor of MOMENTS) {
      expect(await answered(one, tag, minor)).toEqual(await truth(tag, minor));
      const right = await truth(tag, minor);
      await until(async () => {
        const seen = await answered(other, tag, minor);
        return JSON.stringify(seen) === JSON.stringify(right);
      });
    }
  }

  async function newTag(): Promise<{ tag: string; lists: string[] }> {
    const tag = `T${++tags}`;
    const conditions = new DropInConditions(one.dropIn);
    await conditions.globalTag(tag);
    const lists = [
      await conditions.payloadList('Beam', tag),
      await conditions.payloadList('Field', tag),
    ];
    await conditions.inserted(lists[0] ?? '', 'first.root', [0, 1]);
    await Promise.all([warm(one, tag), warm(other, tag)]);
    return { tag, lists };
  }

  const write = fc.record({
    server: fc.constantFrom('one', 'other', 'psql'),
    list: fc.constantFrom(0, 1),
    start: fc.nat(12),
    length: fc.integer({ min: 1, max: 8 }),
    how: fc.constantFrom('insert', 'bulk', 'delete', 'detach'),
  });

  it('are those of SQL after every step of random histories', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 5 }), async (history) => {
        const { tag, lists } = await newTag();
        for (const [step, { server, list, start, length, how }] of history.entries()) {
          const name = lists[list] ?? '';
          const url = `${tag}-${step}.root`;
          if (server === 'psql') {
            await sql(
              one.connection,
              how === 'delete' || how === 'detach'
                ? `UPDATE "PayloadIOV" p SET payload_list_id = NULL FROM "PayloadList" l
                    WHERE l.id = p.payload_list_id AND l.name = $1 AND p.minor_iov = $2`
                : `INSERT INTO "PayloadIOV" (payload_url, checksum, major_iov, minor_iov,
                     major_iov_end, minor_iov_end, payload_list_id)
                   SELECT '${url}', '', 0, $2::bigint, 0, $2::bigint + 5, id FROM "PayloadList" WHERE name = $1`,
              [name, start],
            );
            await until(async () =>
              (await Promise.all(MOMENTS.map((m) => same(one, tag, m)))).every(Boolean),
            );
          } else {
            const { dropIn } = server === 'one' ? one : other;
            if (how === 'insert') {
              await new DropInConditions(dropIn).inserted(
                name,
                url,
                [0, start],
                [0, start + length],
              );
            } else if (how === 'bulk') {
              await dropIn.post('bulk_piov', [
                { payload_list: name, payload_url: url, major_iov: 0, minor_iov: start },
              ]);
            } else {
              await dropIn.delete(`deletePayloadIOV/${tag}/Beam/0/${start}`);
              if (how === 'detach') {
                await dropIn.put('pl_attach', { global_tag: tag, payload_list: name });
              }
            }
            // Whoever wrote through a server reads it there at the next request.
            const asked = server === 'one' ? one : other;
            for (const minor of MOMENTS) {
              expect(await answered(asked, tag, minor)).toEqual(await truth(tag, minor));
            }
          }
        }
        await until(async () =>
          (await Promise.all(MOMENTS.map((m) => same(one, tag, m)))).every(Boolean),
        );
        await agree(tag);
      }),
      { numRuns: 15, seed: 20261122 },
    );
  });

  async function same(server: TestServer, tag: string, minor: number): Promise<boolean> {
    const seen = await answered(server, tag, minor);
    return JSON.stringify(seen) === JSON.stringify(await truth(tag, minor));
  }

  it('have the same bytes as those of SQL, in both shapes', async () => {
    const { tag, lists } = await newTag();
    await one.dropIn.post('bulk_piov', [
      {
        payload_list: lists[1],
        payload_url: 'a "quoted" \\ path/é☃.root',
        checksum: 'tab\there',
        major_iov: 0,
        minor_iov: 3,
        size: 9223372036854775807n,
        revision: '7',
      },
    ]);
    const sqlOnly = await startServer({
      connection: one.connection,
      env: { CDB_TIMELINE_MEMORY_MB: '0' },
    });
    for (const shape of ['', '&shape=dict']) {
      for (const minor of MOMENTS) {
        const path = `payloadiovs/?gtName=${tag}&majorIOV=0&minorIOV=${minor}${shape}`;
        await warm(one, tag);
        const held = await one.dropIn.get(path);
        const read = await sqlOnly.dropIn.get(path);
        expect(read.headers.get('cache-status')).toBe('Tempora; fwd=miss');
        expect(held.text).toBe(read.text);
        expect(held.headers.get('etag')).toBe(read.headers.get('etag'));
      }
    }
    await sqlOnly.stop();
  });

  it('are not used while the changes are not heard', async () => {
    const { tag } = await newTag();
    // For as long as it takes to be seen.
    await cutOff(one.connection, 'Tempora changes');
    await until(
      async () => (await ask(one, tag, 0)).headers.get('cache-status') !== 'Tempora; hit',
    );
    await allowConnections(one.connection);
    await warm(one, tag);
    await agree(tag);
  });

  it('are read anew where a change was not told', async () => {
    const { tag, lists } = await newTag();
    // So much that the next change is small: the tag would be updated, not loaded.
    const rows = Array.from({ length: 40 }, (_, i) => ({
      payload_list: lists[1],
      payload_url: `${tag}/${i}`,
      major_iov: 1,
      minor_iov: i,
    }));
    expect(await one.dropIn.post('bulk_piov', rows)).toMatchObject({ status: 200 });
    await Promise.all([warm(one, tag), warm(other, tag)]);
    // As a restore does it: no trigger tells, but the revision says that something changed.
    await sql(
      one.connection,
      `SET session_replication_role = replica;
       INSERT INTO "PayloadIOV" (payload_url, checksum, major_iov, minor_iov, major_iov_end,
           minor_iov_end, payload_list_id)
         SELECT 'silent.root', '', 0, 2, 0, 4, id FROM "PayloadList" WHERE name = '${lists[0]}';
       UPDATE "GlobalTagRevision" r SET revision = revision + 1
         FROM "GlobalTag" g WHERE g.id = r.global_tag_id AND g.name = '${tag}'`,
    );
    await new DropInConditions(one.dropIn).inserted(lists[0] ?? '', 'told.root', [0, 8]);
    await Promise.all([warm(one, tag), warm(other, tag)]);
    expect(await answered(one, tag, 3)).toEqual([['Beam', 'silent.root']]);
    await agree(tag);
  });

  it('carry an ETag that changes with every change of the tag, and only then', async () => {
    const { tag, lists } = await newTag();
    const before = await ask(one, tag, 1);
    const etag = before.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[^"]+"$/);
    const path = `payloadiovs/?gtName=${tag}&majorIOV=0&minorIOV=1`;
    const again = await one.dropIn.get(path, { headers: { 'if-none-match': `"x", W/${etag}` } });
    expect([again.status, again.text]).toEqual([304, '']);
    await new DropInConditions(other.dropIn).inserted(lists[0] ?? '', 'second.root', [0, 1]);
    await until(async () => (await ask(one, tag, 1)).headers.get('etag') !== etag);
  });

  it('carry another ETag after a restore, even where the revision comes again', async () => {
    const original = await createDatabase();
    const change = (database: DatabaseConnection, author: string) =>
      sql(
        database,
        `INSERT INTO "GlobalTag" (name, status_id) SELECT 'T', min(id) FROM "GlobalTagStatus"
           ON CONFLICT (name) DO UPDATE SET author = '${author}'`,
      );
    const state = async (connection: DatabaseConnection) => {
      const server = await startServer({ connection });
      const etag = (await ask(server, 'T', 0)).headers.get('etag');
      await server.stop();
      const [row] = await sql(
        connection,
        'SELECT global_tag_id, revision FROM "GlobalTagRevision"',
      );
      return { etag, row };
    };
    await change(original, 'first');
    const restored = await cloneDatabase(original);
    expect(await state(restored)).toEqual(await state(original));
    await change(original, 'lost by the restore');
    await change(restored, 'made after it');
    const [lost, made] = [await state(original), await state(restored)];
    expect(made.row).toEqual(lost.row);
    expect(made.etag).not.toBe(lost.etag);
  });

  it('may be kept for good once a tag is frozen', async () => {
    const { tag } = await newTag();
    expect((await ask(one, tag, 1)).headers.get('cache-control')).toBe('no-cache');
    await new DropInConditions(one.dropIn).changeStatus(tag, 'frozen');
    expect((await ask(one, tag, 1)).headers.get('cache-control')).toContain('immutable');
  });

  it('count what a tag holds as it is', async () => {
    const { tag, lists } = await newTag();
    await new DropInConditions(other.dropIn).inserted(lists[1] ?? '', 'more.root', [0, 4]);
    const counts = async () => {
      const { body } = await one.dropIn.get('globalTags');
      const found = (body as { name: string; payload_iov_count: number }[]).find(
        ({ name }) => name === tag,
      );
      return Number(found?.payload_iov_count);
    };
    await until(async () => (await counts()) === 2);
    await one.dropIn.put('pl_attach', { global_tag: tag, payload_list: lists[1] });
    expect(await counts()).toBe(2);
  });
});
