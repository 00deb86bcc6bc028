/** Changes that meet: whoever comes second is judged by what the first one has done. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DropInConditions } from './drop-in-conditions.js';
import { type Answer } from './http-client.js';
import { sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';
import { until } from './until.js';

let server: TestServer;
let conditions: DropInConditions;
let names = 0;

beforeAll(async () => {
  server = await startServer();
  conditions = new DropInConditions(server.dropIn);
  await conditions.payloadType('Beam');
});
afterAll(() => server.stop());

/** Sends requests while all of them wait for rows that `locking` locks, then lets them go. */
async function together(
  locking: string,
  ...requests: (() => Promise<Answer>)[]
): Promise<Answer[]> {
  const other = new pg.Client(server.connection);
  await other.connect();
  try {
    await other.query(`BEGIN; ${locking}`);
    const answers = requests.map((request) => request());
    await until(async () => {
      const waiting = await sql(
        server.connection,
        `SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return waiting.length === requests.length;
    });
    await other.query('COMMIT');
    return await Promise.all(answers);
  } finally {
    await other.end();
  }
}

const statuses = (answers: readonly Answer[]): number[] =>
  answers.map(({ status }) => status).toSorted();

describe('one payload', () => {
  const attach = (list: string, id: number) => () =>
    server.dropIn.put('piov_attach', { payload_list: list, piov_id: id });
  const lock = (id: number): string => `SELECT FROM "PayloadIOV" WHERE id = ${id} FOR UPDATE`;

  it('attached to two lists at once gets into one of them', async () => {
    const lists = [await conditions.payloadList('Beam'), await conditions.payloadList('Beam')];
    const id = await conditions.payload('u', [0, 1]);
    const answers = await together(lock(id), ...lists.map((list) => attach(list, id)));

    expect(statuses(answers)).toEqual([200, 409]);
    const winner = answers.find(({ status }) => status === 200)?.body;
    expect((await server.dropIn.get(`piov/${id}`)).body).toEqual(winner);
  });

  it('attached twice to one list is there once', async () => {
    const list = await conditions.payloadList('Beam');
    const id = await conditions.payload('u', [0, 1]);
    const answers = await together(lock(id), attach(list, id), attach(list, id));

    expect(statuses(answers)).toEqual([200, 200]);
    expect((await server.native.get(`payload-lists/${list}/payloads`)).body).toMatchObject({
      total: 1,
    });
  });

  it('attached to a frozen tag stays, whoever deletes it at the same time', async () => {
    const tag = `Tag${++names}`;
    await conditions.globalTag(tag);
    const list = await conditions.payloadList('Beam', tag);
    const id = await conditions.payload('u', [0, 1]);
    const [deleted] = await together(
      `UPDATE "PayloadIOV" SET payload_list_id = ${String(list.split('_')[1])} WHERE id = ${id};
       UPDATE "GlobalTag" SET status_id = (SELECT id FROM "GlobalTagStatus" WHERE name = 'frozen')
        WHERE name = '${tag}'`,
      () => server.native.delete(`payloads/${id}`),
    );

    expect(deleted).toMatchObject({ status: 409, body: { code: 'global-tag-frozen' } });
    expect(await conditions.valid(tag, [0, 1])).toEqual({ Beam: 'u' });
  });
});

describe.each(Array.from({ length: 10 }, (_, i) => i))('round %i', () => {
  it('a name is given once', async () => {
    const name = `Tag${++names}`;
    const body = { name, status: 'unlocked' };
    const answers = await Promise.all([1, 2, 3].map(() => server.dropIn.post('gt', body)));

    expect(statuses(answers)).toEqual([200, 400, 400]);
    for (const { status, body } of answers) {
      const taken = { name: ['global tag with this name already exists.'] };
      if (status === 400) expect(body).toMatchObject(taken);
    }
  });

  it('a payload type is deleted, or gets a list', async () => {
    const type = `Type${++names}`;
    await conditions.payloadType(type);
    const [deleted, created] = await Promise.all([
      server.native.delete(`payload-types/${type}`),
      server.native.post('payload-lists', { payload_type: type }),
    ]);

    if (deleted.status === 204) expect([404, 409]).toContain(created.status);
    else expect([deleted.status, created.status]).toEqual([409, 201]);
    const { body } = await server.native.get(`payload-lists?search=${type}`);
    expect(body).toMatchObject({ total: created.status === 201 ? 1 : 0 });
  });

  it('a list is deleted, or gets a payload, or is attached', async () => {
    const tag = `Tag${++names}`;
    await conditions.globalTag(tag);
    const list = await conditions.payloadList('Beam');
    const id = await conditions.payload('u', [0, 1]);
    const [deleted, inserted, attached] = await Promise.all([
      server.native.delete(`payload-lists/${list}`),
      server.dropIn.put('piov_attach', { payload_list: list, piov_id: id }),
      server.native.put(`global-tags/${tag}/payload-lists/${list}`),
    ]);

    if (deleted.status === 204) {
      // It may have been attached before it was deleted, but not filled.
      expect(inserted.status).toBe(404);
      expect([200, 404]).toContain(attached.status);
    } else {
      expect([deleted.status, inserted.status, attached.status]).toEqual([409, 200, 200]);
    }
  });

  it('a tag is deleted with what is inserted before, and takes nothing after', async () => {
    const tag = `Tag${++names}`;
    await conditions.globalTag(tag);
    const list = await conditions.payloadList('Beam', tag);
    const payload = { payload_type: 'Beam', payload_url: tag, checksum: 'c' };
    const from = { major: 0, minor: 1 };
    const [deleted, ...inserted] = await Promise.all([
      server.native.delete(`global-tags/${tag}`),
      server.native.post(`global-tags/${tag}/payloads`, { payloads: [{ ...payload, from }] }),
      server.dropIn.post('bulk_piov', [
        { payload_list: list, payload_url: tag, major_iov: 0, minor_iov: 2 },
      ]),
    ]);

    expect(deleted.status).toBe(204);
    for (const { status } of inserted) expect([200, 201, 404]).toContain(status);
    const left = 'SELECT FROM "PayloadIOV" WHERE payload_url = $1';
    expect(await sql(server.connection, left, [tag])).toEqual([]);
    expect(await server.native.get(`payload-lists/${list}`)).toMatchObject({ status: 404 });
  });
});
