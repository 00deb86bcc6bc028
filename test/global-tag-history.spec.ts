/** `GET /global-tags/{name}/history`: who changed what, as the database itself has noted it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type HttpClient } from './http-client.js';
import { expectInvalid, expectProblem } from './native-problem.js';
import { sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';
import { REFERENCE_AUTH, signed } from './token-issuer.js';

interface Change {
  revision: number | null;
  at: string;
  by: Record<string, string | null>;
  counts: Record<string, number>;
  changes: Record<string, unknown>[];
  complete: boolean;
}

let server: TestServer;
let alice: HttpClient;
let tags = 0;

beforeAll(async () => {
  server = await startServer({ env: REFERENCE_AUTH });
  alice = server.native.as(await signed({ sub: 'alice' }));
  for (const name of ['Beam', 'Field']) await alice.post('payload-types', { name });
});

afterAll(() => server.stop());

async function newTag(): Promise<string> {
  const name = `T${++tags}`;
  expect((await alice.post('global-tags', { name })).status).toBe(201);
  return name;
}

async function historyOf(tag: string, client = alice): Promise<Change[]> {
  const { status, body, headers } = await client.get(`global-tags/${tag}/history?page_size=1000`);
  expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
  return (body as { items: Change[] }).items;
}

async function lastOf(tag: string): Promise<Change> {
  const [last] = await historyOf(tag);
  if (last === undefined) throw new Error(`nothing is known of ${tag}`);
  return last;
}

const at = (minor: number): object => ({ major: 0, minor });

function inserted(
  tag: string,
  url: string,
  from: number,
  until: number | 'open',
): Promise<unknown> {
  const end = until === 'open' ? until : at(until);
  const payload = {
    payload_type: 'Beam',
    payload_url: url,
    checksum: 'c',
    from: at(from),
    until: end,
  };
  return alice.post(`global-tags/${tag}/payloads`, { payloads: [payload] });
}

const ALICE = {
  via: 'native',
  subject: 'alice',
  issuer: 'shared-secret',
  role: null,
  application: null,
};

describe('The history of a tag', () => {
  it('tells how it was made, and by whom', async () => {
    const before = Date.now();
    const tag = await newTag();
    const change = await lastOf(tag);
    expect(change).toMatchObject({
      by: ALICE,
      counts: { created: 1 },
      changes: [{ what: 'created', status: 'unlocked' }],
      complete: true,
    });
    expect(Math.abs(Date.parse(change.at) - before)).toBeLessThan(600_000);
  });

  it('tells each transaction once, with all that it did', async () => {
    const tag = await newTag();
    await inserted(tag, 'a', 0, 'open');
    await inserted(tag, 'b', 20, 30);
    await inserted(tag, 'c', 20, 30);
    const [exchanged, split, first] = await historyOf(tag);
    expect(first?.counts).toEqual({ 'list-attached': 1, 'payload-inserted': 1 });
    expect(split?.counts).toEqual({ 'payload-inserted': 2, 'payload-trimmed': 1 });
    const { body } = await alice.get(`payload-lists?global_tag=${tag}`);
    const payload_list = (body as { items: { name: string }[] }).items[0]?.name;
    expect(split?.changes).toHaveLength(3);
    expect(split?.changes).toEqual(
      expect.arrayContaining([
        {
          what: 'payload-trimmed',
          payload_list,
          id: expect.any(Number),
          payload_url: 'a',
          from: at(0),
          until: at(20),
          before: { from: at(0), until: null },
        },
        {
          what: 'payload-inserted',
          payload_list,
          id: expect.any(Number),
          payload_url: 'b',
          from: at(20),
          until: at(30),
        },
        expect.objectContaining({
          what: 'payload-inserted',
          payload_url: 'a',
          from: at(30),
          until: null,
        }),
      ]),
    );
    expect(exchanged?.counts).toEqual({ 'payload-detached': 1, 'payload-inserted': 1 });
    expect([exchanged, split, first].map((each) => each?.by)).toEqual([ALICE, ALICE, ALICE]);
    const { revision } = (
      await sql<{ revision: number }>(
        server.connection,
        `SELECT r.revision::int FROM "GlobalTagRevision" r JOIN "GlobalTag" g ON g.id = r.global_tag_id
          WHERE g.name = $1`,
        [tag],
      )
    )[0] ?? { revision: -1 };
    expect(exchanged?.revision).toBe(revision);
  });

  it('tells what was changed of the tag, its lists and its payloads', async () => {
    const tag = await newTag();
    await inserted(tag, 'a', 0, 'open');
    await alice.patch(`global-tags/${tag}`, { status: 'locked', description: 'ready' });
    expect((await lastOf(tag)).changes).toEqual(
      expect.arrayContaining([
        { what: 'changed', field: 'status', before: 'unlocked', now: 'locked' },
        { what: 'changed', field: 'description', before: null, now: 'ready' },
      ]),
    );
    await alice.patch(`global-tags/${tag}`, { status: 'unlocked' });

    const made = await alice.post('payload-lists', { payload_type: 'Beam' });
    const { name: other } = made.body as { name: string };
    await alice.put(`global-tags/${tag}/payload-lists/${other}`);
    const exchange = await lastOf(tag);
    expect(exchange.counts).toEqual({ 'list-attached': 1, 'list-detached': 1 });
    expect(exchange.changes).toContainEqual({
      what: 'list-attached',
      payload_list: other,
      payload_type: 'Beam',
    });
    await alice.delete(`global-tags/${tag}/payload-lists/${other}`);
    expect((await lastOf(tag)).counts).toEqual({ 'list-detached': 1 });

    await inserted(tag, 'z', 5, 6);
    const { id } =
      (await lastOf(tag)).changes.find(({ what }) => what === 'payload-inserted') ?? {};
    await alice.delete(`payloads/${String(id)}`);
    expect(await lastOf(tag)).toMatchObject({
      counts: { 'payload-deleted': 1 },
      changes: [{ what: 'payload-deleted', id, payload_url: 'z' }],
    });
  });

  it('tells of what a tag is the clone, and that the original has not changed', async () => {
    const tag = await newTag();
    await inserted(tag, 'a', 0, 'open');
    const before = await historyOf(tag);
    await alice.post(`global-tags/${tag}/clone`, { name: `${tag}_clone` });
    expect(await historyOf(tag)).toEqual(before);
    const [change, ...others] = await historyOf(`${tag}_clone`);
    expect(others).toEqual([]);
    expect(change?.counts).toEqual({ created: 1, 'list-attached': 1, 'payload-inserted': 1 });
    expect(change?.changes[0]).toEqual({ what: 'created', status: 'unlocked', cloned_from: tag });
    // Only of the clone itself.
    await alice.post('global-tags', { name: `${tag}_new` });
    expect((await lastOf(`${tag}_new`)).changes).toEqual([{ what: 'created', status: 'unlocked' }]);
  });

  it('stays when the tag is deleted, and goes on when there is one of that name again', async () => {
    const tag = await newTag();
    await inserted(tag, 'a', 0, 'open');
    await alice.delete(`global-tags/${tag}`);
    const [end, ...before] = await historyOf(tag);
    expect(before).toHaveLength(2);
    expect(end).toMatchObject({
      by: ALICE,
      counts: { deleted: 1, 'list-deleted': 1, 'payload-deleted': 1 },
    });
    await alice.post('global-tags', { name: tag });
    const [again, ...earlier] = await historyOf(tag);
    expect(again?.counts).toEqual({ created: 1 });
    expect(earlier).toEqual([end, ...before]);
  });

  it('has nothing of what was only tried, was refused, or changed nothing', async () => {
    const tag = await newTag();
    await inserted(tag, 'a', 0, 'open');
    await alice.patch(`global-tags/${tag}`, { status: 'locked' });
    const before = await historyOf(tag);
    const payloads = [
      { payload_type: 'Beam', payload_url: 'b', checksum: 'c', from: at(5), until: 'open' },
    ];
    await alice.post(`global-tags/${tag}/payloads?dry_run=true`, { payloads });
    const refused = [{ ...payloads[0], until: at(6) }];
    expect((await alice.post(`global-tags/${tag}/payloads`, { payloads: refused })).status).toBe(
      409,
    );
    await alice.patch(`global-tags/${tag}`, { status: 'locked' });
    await sql(server.connection, `UPDATE "PayloadIOV" SET updated = now()`);
    expect(await historyOf(tag)).toEqual(before);
  });

  it('comes in pages, newest first', async () => {
    const tag = await newTag();
    await inserted(tag, 'a', 0, 1);
    await inserted(tag, 'b', 1, 2);
    const all = await historyOf(tag);
    expect(all.map(({ revision }) => revision)).toEqual(
      all.map(({ revision }) => revision).toSorted((a, b) => Number(b) - Number(a)),
    );
    const pages = await Promise.all(
      [1, 2, 3, 4].map(async (page) => {
        const { body } = await alice.get(`global-tags/${tag}/history?page_size=1&page=${page}`);
        expect(body).toMatchObject({ total: 3, page, page_size: 1 });
        return (body as { items: Change[] }).items;
      }),
    );
    expect(pages.flat()).toEqual(all);
  });

  it('is empty for a tag that nobody has touched since, and a 404 where there never was one', async () => {
    const tag = await newTag();
    await sql(
      server.connection,
      `DELETE FROM "GlobalTagHistory" h USING "GlobalTag" g WHERE g.id = h.global_tag_id AND g.name = $1`,
      [tag],
    );
    expect(await historyOf(tag)).toEqual([]);
    expectProblem(await alice.get('global-tags/Nope/history'), 'global-tag-not-found');
    expectInvalid(await alice.get(`global-tags/${tag}/history?page=0`), 'page');
  });
});

describe('Whoever writes', () => {
  it('by the drop-in protocol is told', async () => {
    const tag = await newTag();
    const token = await signed({ sub: 'bob' });
    const { status } = await server.dropIn.as(token).put(`gt_change_status/${tag}/locked`);
    expect(status).toBe(200);
    expect(await lastOf(tag)).toMatchObject({
      by: { via: 'drop-in', subject: 'bob' },
      changes: [{ what: 'changed', field: 'status' }],
    });
  });

  it('by psql, or beside us, is told by the role and the program', async () => {
    const tag = await newTag();
    await sql(
      server.connection,
      `SET application_name = 'psql';
       UPDATE "GlobalTag" SET author = 'somebody' WHERE name = '${tag}'`,
    );
    expect(await lastOf(tag)).toMatchObject({
      by: {
        via: 'database',
        subject: null,
        issuer: null,
        role: server.connection.user,
        application: 'psql',
      },
      changes: [{ what: 'changed', field: 'author', before: null, now: 'somebody' }],
    });
  });

  it('is not hindered by an actor that is none', async () => {
    const tag = await newTag();
    await sql(
      server.connection,
      `SET tempora.actor = 'me'; UPDATE "GlobalTag" SET author = 'me' WHERE name = '${tag}'`,
    );
    expect((await lastOf(tag)).by).toMatchObject({ via: 'database', subject: null });
  });

  it('changes several tags by one statement, and each is told its own', async () => {
    const both = [await newTag(), await newTag()];
    for (const [i, tag] of both.entries()) await inserted(tag, `of ${i}`, 0, 1);
    await sql(
      server.connection,
      `UPDATE "PayloadIOV" SET checksum = 'd' WHERE payload_url LIKE 'of _'`,
    );
    for (const [i, tag] of both.entries()) {
      expect(await lastOf(tag)).toMatchObject({
        counts: { 'payload-edited': 1 },
        changes: [{ what: 'payload-edited', payload_url: `of ${i}` }],
      });
    }
  });

  it('is told who it was only by those who show a token', async () => {
    const tag = await newTag();
    await sql(server.connection, `UPDATE "GlobalTag" SET author = 'x' WHERE name = '${tag}'`);
    const nobody = { subject: null, issuer: null, role: null, application: null };
    expect((await historyOf(tag, server.native)).map(({ by }) => by)).toEqual([
      { ...nobody, via: 'database' },
      { ...nobody, via: 'native' },
    ]);
    const { text } = await alice.get(`global-tags/${tag}/history`);
    expect(text).not.toContain('127.0.0.1');
    expect(text).not.toContain('request_id');
  });
});

describe('A change of many rows', () => {
  it('is one row of bounded size', async () => {
    const tag = await newTag();
    await inserted(tag, 'first', 0, 'open');
    await sql(
      server.connection,
      `INSERT INTO "PayloadIOV" (payload_url, checksum, major_iov, minor_iov, major_iov_end,
              minor_iov_end, payload_list_id)
         SELECT repeat('u', 255), '', 1, n, 1, n + 1, l.id
           FROM generate_series(1, 20000) n, "PayloadList" l JOIN "GlobalTag" g ON g.id = l.global_tag_id
          WHERE g.name = '${tag}'`,
    );
    expect(await lastOf(tag)).toMatchObject({
      counts: { 'payload-inserted': 20_000 },
      changes: [],
      complete: false,
    });
    await alice.post(`global-tags/${tag}/clone`, { name: `${tag}_clone` });
    const change = await lastOf(`${tag}_clone`);
    expect(change.counts['payload-inserted']).toBe(20_001);
    expect(change.changes.map(({ what }) => what)).toEqual(['created', 'list-attached']);
    expect(change.complete).toBe(false);
  });

  it('of many statements is a few such rows', async () => {
    const tag = await newTag();
    await inserted(tag, 'a', 0, 'open');
    await sql(
      server.connection,
      `DO $$ BEGIN
         FOR i IN 1..250 LOOP
           UPDATE "GlobalTag" SET description = repeat('d', 200) || i WHERE name = '${tag}';
         END LOOP;
       END $$`,
    );
    const [last, middle, first] = await historyOf(tag);
    expect([first?.counts, middle?.counts, last?.counts]).toEqual([
      { changed: 100 },
      { changed: 100 },
      { changed: 50 },
    ]);
    expect(first?.complete).toBe(false);
    expect(JSON.stringify(first?.changes).length).toBeLessThan(4_000);
    expect(first?.changes.length).toBeGreaterThan(5);
    // The number of statements is one of the transaction, not of the connection.
    await alice.patch(`global-tags/${tag}`, { description: null });
    expect((await lastOf(tag)).counts).toEqual({ changed: 1 });
  });
});

describe('What changes the answers of several tags', () => {
  it('is told in each: a payload type with another name, an emptied table', async () => {
    const tag = await newTag();
    const payload = { payload_type: 'Field', payload_url: 'a', checksum: 'c', from: at(0) };
    await alice.post(`global-tags/${tag}/payloads`, { payloads: [payload] });
    await sql(server.connection, `UPDATE "PayloadType" SET name = 'B' WHERE name = 'Field'`);
    expect((await lastOf(tag)).changes).toEqual([
      { what: 'type-renamed', before: 'Field', now: 'B' },
    ]);
    await sql(server.connection, 'TRUNCATE "PayloadIOV"');
    expect((await lastOf(tag)).changes).toEqual([{ what: 'truncated' }]);
  });
});
