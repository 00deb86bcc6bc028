/** Every path of the drop-in protocol has a short form and a readable one: both do the same. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DropInConditions } from './drop-in-conditions.js';
import { startServer, type TestServer } from './server.js';

let server: TestServer;

/** What is there twice, so that the short and the readable form can each change one of them. */
interface World {
  n: number;
  /** in the tag `Tag<n>`, with two payloads, one of them open-ended */
  list: string;
  listId: number;
  detachedList: string;
  payload: number;
  detachedPayload: number;
}
let worlds: [World, World];

beforeAll(async () => {
  server = await startServer();
  worlds = [await makeWorld(1), await makeWorld(2)];
});
afterAll(() => server.stop());

async function makeWorld(n: number): Promise<World> {
  const make = new DropInConditions(server.dropIn);
  const [list = ''] = await make.tagWithLists(`Tag${n}`, `Type${n}`);
  await make.globalTag(`Doomed${n}`);
  await make.payloadType(`Unused${n}`);
  const payload = await make.inserted(list, `first${n}`, [1, 0], [2, 0]);
  await make.inserted(list, `last${n}`, [5, 0]);
  return {
    n,
    list,
    listId: Number(list.split('_')[1]),
    detachedList: await make.payloadList(`Type${n}`),
    payload,
    detachedPayload: await make.payload(`stored${n}`, [7, 0]),
  };
}

describe('reading', () => {
  it.each<[string, string]>([
    ['gtstatus', 'global-tags/statuses'],
    ['globalTags', 'global-tags'],
    ['globalTags?page=1&sort=id&order=desc', 'global-tags?page=1&sort=id&order=desc'],
    ['globalTag/Tag1', 'global-tags/Tag1'],
    ['globalTag/Tag1?light', 'global-tags/Tag1?light=1'],
    ['gtPayloadLists/Tag1', 'global-tags/Tag1/payload-lists'],
    ['pt', 'payload-types'],
    ['pt?page=1&search=un', 'payload-types?page=1&search=un'],
    ['pl', 'payload-lists'],
    ['pl?page=1&global_tag=Tag1', 'payload-lists?page=1&global_tag=Tag1'],
    ['pl/<list id>', 'payload-lists/<list id>'],
    ['piov', 'payload-iovs'],
    ['piov?page=1&page_size=2', 'payload-iovs?page=1&page_size=2'],
    ['piov/<payload>', 'payload-iovs/<payload>'],
    [
      'payloadiovs/?gtName=Tag1&majorIOV=1&minorIOV=0',
      'payload-iovs/query/?gtName=Tag1&majorIOV=1&minorIOV=0',
    ],
    [
      'payloadiovs?gtName=Tag1&majorIOV=9&minorIOV=0&shape=dict',
      'payload-iovs/query?gtName=Tag1&majorIOV=9&minorIOV=0&shape=dict',
    ],
    ['user_settings/CDB_IOV_MODE/', 'settings/CDB_IOV_MODE/'],
    ['user_settings/CDB_IOV_MODE', 'settings/CDB_IOV_MODE'],
  ])('GET %s = %s', async (short, readable) => {
    const answers = await Promise.all(
      [short, readable].map((path) =>
        server.dropIn.get(
          path
            .replace('<list id>', String(worlds[0].listId))
            .replace('<payload>', String(worlds[0].payload)),
        ),
      ),
    );

    expect(answers[0]?.status).toBe(200);
    expect(answers[0]?.text).not.toMatch(/^(\[\]|\{\})?$/);
    expect(answers[1]).toEqual({ ...answers[0], headers: expect.anything() });
  });

  it('a tag or a list by its number shows what its name shows', async () => {
    const { body } = await server.dropIn.get('globalTag/Tag1');
    const { id } = body as { id: number };
    const byId = await server.dropIn.get(`gt/${id}`);
    const list = await server.dropIn.get(`payload-lists/by-name/${worlds[0].list}`);

    expect(byId.body).toEqual(body);
    expect(list.body).toMatchObject({ id: worlds[0].listId, name: worlds[0].list, iov_count: 2 });
  });

  it('gt shows every tag as globalTag does', async () => {
    const { body } = await server.dropIn.get('gt');

    expect((body as { name: string }[]).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Tag1', 'Tag2']),
    );
    expect(body).toContainEqual((await server.dropIn.get('globalTag/Tag1')).body);
  });

  it('timeout answers 504 at once, as JSON', async () => {
    const { status, body } = await server.dropIn.get('timeout');

    expect(status).toBe(504);
    expect(body).toEqual({ detail: expect.stringMatching(/\w/) });
  });
});

describe('writing', () => {
  it.each<[string, string, string, (world: World) => unknown]>([
    ['POST', 'gtstatus', 'global-tags/statuses', ({ n }) => ({ name: `status${n}` })],
    ['POST', 'gt', 'global-tags', ({ n }) => ({ name: `New${n}`, status: 'unlocked' })],
    ['POST', 'pt', 'payload-types', ({ n }) => ({ name: `NewType${n}` })],
    ['POST', 'pl', 'payload-lists', ({ n }) => ({ payload_type: `Type${n}` })],
    ['POST', 'piov', 'payload-iovs', ({ n }) => ({ ...PAYLOAD, payload_url: `new${n}` })],
    [
      'POST',
      'bulk_piov',
      'payload-iovs/bulk',
      ({ n, detachedList }) => [
        { ...PAYLOAD, payload_url: `bulk${n}`, payload_list: detachedList },
      ],
    ],
    [
      'POST',
      'cloneGlobalTag/Tag<n>/Clone<n>',
      'global-tags/Tag<n>/clone/Clone<n>',
      () => undefined,
    ],
    // The C++ client sends the body `null` where it has none.
    ['POST', 'cloneGlobalTag/Tag<n>/Twin<n>', 'global-tags/Tag<n>/clone/Twin<n>', () => null],
    [
      'PUT',
      'piov_attach',
      'payload-iovs/attach',
      ({ list, detachedPayload }) => ({
        payload_list: list,
        piov_id: detachedPayload,
      }),
    ],
    [
      'DELETE',
      'deletePayloadIOV/Tag<n>/Type<n>/1/0/2/0',
      'payload-iovs/Tag<n>/Type<n>/1/0/2/0/delete',
      () => undefined,
    ],
    [
      'DELETE',
      'deletePayloadIOV/Tag<n>/Type<n>/7/0',
      'payload-iovs/Tag<n>/Type<n>/7/0/delete',
      () => undefined,
    ],
    [
      'PUT',
      'pl_attach',
      'payload-lists/attach',
      ({ n, detachedList }) => ({
        global_tag: `Clone${n}`,
        payload_list: detachedList,
      }),
    ],
    [
      'PUT',
      'gt_change_status/Tag<n>/locked',
      'global-tags/Tag<n>/change-status/locked',
      () => null,
    ],
    [
      'PUT',
      'gt_change_status/Tag<n>/frozen',
      'global-tags/Tag<n>/change-status/frozen',
      () => undefined,
    ],
    ['DELETE', 'deleteGlobalTag/Doomed<n>', 'global-tags/Doomed<n>/delete', () => undefined],
    ['DELETE', 'deletePayloadType/Unused<n>', 'payload-types/Unused<n>/delete', () => undefined],
  ])('%s %s = %s', async (method, short, readable, body) => {
    const [one, two] = worlds;
    const first = await send(method, short, one, body);
    const second = await send(method, readable, two, body);

    expect(first.status).toBe(200);
    expect(second.status).toBe(200);
    expect(withoutNumbers(second.text)).toBe(withoutNumbers(first.text));
  });

  it('DELETE deletePayloadList/<list> = payload-lists/<list>/delete', async () => {
    const make = new DropInConditions(server.dropIn);
    const lists = [await make.payloadList('Type1'), await make.payloadList('Type2')];
    const first = await server.dropIn.delete(`deletePayloadList/${lists[0]}`);
    const second = await server.dropIn.delete(`payload-lists/${lists[1]}/delete`);

    expect(first).toMatchObject({
      status: 200,
      body: { detail: `Payload List ${lists[0]} deleted.` },
    });
    expect(second).toMatchObject({
      status: 200,
      body: { detail: `Payload List ${lists[1]} deleted.` },
    });
  });

  const PAYLOAD = { checksum: 'c', major_iov: 3, minor_iov: 0 };

  function send(
    method: string,
    path: string,
    world: World,
    body: (world: World) => unknown,
  ): ReturnType<TestServer['dropIn']['send']> {
    const filledIn = path.replaceAll('<n>', String(world.n));
    return server.dropIn.send(method, filledIn, { body: body(world) });
  }
});

/** Ids, names and times are each thing's own. */
function withoutNumbers(text: string): string {
  return text.replaceAll(/\d+/g, '#');
}
