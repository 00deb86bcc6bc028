import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';
import { REFERENCE_AUTH, signed } from './token-issuer.js';

/** Notes at each change who asked for it, as a history of changes would. */
const NOTE_ACTORS = `
  CREATE TABLE noted (id serial, what text, actor jsonb);
  CREATE FUNCTION note_actor() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO noted (what, actor)
      VALUES (TG_OP || ' ' || TG_TABLE_NAME, current_setting('tempora.actor')::jsonb);
      RETURN NULL;
    END $$;
  ${['GlobalTagStatus', 'GlobalTag', 'PayloadType', 'PayloadList', 'PayloadIOV']
    .map(
      (table) => `CREATE TRIGGER note_actor AFTER INSERT OR UPDATE OR DELETE ON "${table}"
        FOR EACH ROW EXECUTE FUNCTION note_actor();`,
    )
    .join('')}`;

let server: TestServer;
let token: string;

beforeAll(async () => {
  server = await startServer({ env: REFERENCE_AUTH });
  token = await signed({ sub: `Ålice "O'Neil" \\ 漢字` });
  await sql(server.connection, NOTE_ACTORS);
  await server.native.as(token).post('payload-types', { name: 'Beam' });
  await server.native.as(token).post('global-tags', { name: 'T' });
});

beforeEach(() => sql(server.connection, 'TRUNCATE noted'));

afterAll(() => server.stop());

async function noted(): Promise<{ what: string; actor: unknown }[]> {
  return sql(server.connection, 'SELECT what, actor FROM noted ORDER BY id');
}

function actor(protocol: string, requestId: string): object {
  return {
    subject: `Ålice "O'Neil" \\ 漢字`,
    issuer: 'shared-secret',
    protocol,
    address: '127.0.0.1',
    request_id: requestId,
  };
}

it('every change of the native API carries who asked for it', async () => {
  const answer = await server.native.as(token).send('POST', 'global-tags/T/payloads', {
    headers: { 'x-request-id': 'native-insertion' },
    body: {
      payloads: [
        { payload_type: 'Beam', payload_url: 'u', checksum: 'c', from: { major: 0, minor: 1 } },
      ],
    },
  });
  expect(answer.status).toBe(201);
  const notes = await noted();
  expect(new Set(notes.map(({ what }) => what))).toEqual(
    new Set(['INSERT PayloadList', 'UPDATE PayloadList', 'UPDATE GlobalTag', 'INSERT PayloadIOV']),
  );
  for (const note of notes) expect(note.actor).toEqual(actor('native', 'native-insertion'));
});

it('every change of the drop-in protocol does, also that of a single statement', async () => {
  const send = (method: string, path: string, id: string, body: object) =>
    server.dropIn.as(token).send(method, path, { headers: { 'x-request-id': id }, body });
  const stored = await send('POST', 'piov', 'stored', {
    payload_url: 'v',
    checksum: 'c',
    major_iov: 0,
    minor_iov: 5,
  });
  expect(stored.status).toBe(200);
  expect(await noted()).toEqual([{ what: 'INSERT PayloadIOV', actor: actor('drop-in', 'stored') }]);
  await send('POST', 'gtstatus', 'status', { name: 'draft' });
  expect((await noted()).at(-1)).toEqual({
    what: 'INSERT GlobalTagStatus',
    actor: actor('drop-in', 'status'),
  });
});

it('no change carries somebody of another one', async () => {
  const people = ['bob', 'carol', 'dan', 'erin', 'frank', 'grace', 'heidi', 'ivan'];
  await Promise.all(
    people.map(async (sub) => {
      const client = server.native.as(await signed({ sub }));
      expect((await client.post('global-tags', { name: `Of_${sub}` })).status).toBe(201);
    }),
  );
  const rows = await sql<{ subject: string }>(
    server.connection,
    `SELECT actor->>'subject' AS subject FROM noted WHERE what = 'INSERT GlobalTag'`,
  );
  expect(rows.map(({ subject }) => subject).sort()).toEqual(people);
  const left = await sql<{ actor: string | null }>(
    server.connection,
    `SELECT NULLIF(current_setting('tempora.actor', true), '') AS actor`,
  );
  expect(left).toEqual([{ actor: null }]);
});

it('a change that nobody is asked about carries from where it came', async () => {
  const open = await startServer({ connection: server.connection });
  await open.native.send('POST', 'global-tags', {
    headers: { 'x-request-id': 'open', authorization: `Bearer ${token}` },
    body: { name: 'Open' },
  });
  await open.stop();
  expect((await noted()).map((note) => note.actor)).toEqual([
    { subject: null, issuer: null, protocol: 'native', address: '127.0.0.1', request_id: 'open' },
  ]);
});
