/** What the shared cache of the chart and of compose keeps, with the real nginx in front of the service. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DropInConditions } from './drop-in-conditions.js';
import { clientsOf, type Environment, startServer, type TestServer } from './server.js';
import { type Nginx, nginxIsHere, startNginx } from './nginx.js';
import { REFERENCE_AUTH, signed } from './token-issuer.js';

const withNginx = nginxIsHere ? describe : describe.skip;
const given = nginxIsHere ? '' : ' (nginx is not on this machine)';

const resolve = (tag: string, minor = 7): string =>
  `payloadiovs/?gtName=${tag}&majorIOV=0&minorIOV=${minor}`;

interface Cached extends Pick<TestServer, 'url' | 'dropIn' | 'native'> {
  readonly server: TestServer;
  readonly nginx: Nginx;
}

async function behindNginx(env: Environment = {}): Promise<Cached> {
  const server = await startServer({ env });
  const nginx = await startNginx([server.url]).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  return { ...clientsOf(nginx.url), server, nginx };
}

const fromNginx = (headers: Headers): string | undefined =>
  headers
    .get('cache-status')
    ?.split(', ')
    .find((said) => said.startsWith('nginx'));

withNginx(`A shared cache${given}`, () => {
  let cached: Cached;
  let conditions: DropInConditions;

  beforeAll(async () => {
    cached = await behindNginx();
    conditions = new DropInConditions(cached.dropIn);
    const [list = ''] = await conditions.tagWithLists('Frozen_1', 'Frozen');
    await conditions.inserted(list, 'frozen.root', [0, 5]);
    await conditions.changeStatus('Frozen_1', 'frozen');
  });

  afterAll(async () => {
    await cached.nginx.stop();
    await cached.server.stop();
  });

  it('asks each time whether the answer of an open tag still holds', async () => {
    const [list = ''] = await conditions.tagWithLists('Open_1', 'Open');
    await conditions.inserted(list, 'first.root', [0, 5]);
    const first = await cached.dropIn.get(resolve('Open_1'));
    expect(fromNginx(first.headers)).toBe('nginx; fwd=uri-miss');
    const again = await cached.dropIn.get(resolve('Open_1'));
    expect(fromNginx(again.headers)).toBe('nginx; hit; detail=revalidated');
    expect(again.text).toBe(first.text);
    expect(again.headers.get('cache-control')).toBe('no-cache');
    expect(again.headers.get('x-accel-expires')).toBeNull();

    await conditions.inserted(list, 'second.root', [0, 6]);
    const changed = await cached.dropIn.get(resolve('Open_1'));
    expect(fromNginx(changed.headers)).toBe('nginx; fwd=stale');
    expect(changed.text).toContain('second.root');
    const kept = await cached.dropIn.get(resolve('Open_1'));
    expect(fromNginx(kept.headers)).toBe('nginx; hit; detail=revalidated');
    expect(kept.text).toBe(changed.text);
  });

  it('tells a client 304 that has the answer', async () => {
    for (const tag of ['Open_1', 'Frozen_1']) {
      const { headers } = await cached.dropIn.get(resolve(tag));
      const etag = headers.get('etag') ?? '';
      expect(etag).toMatch(/^"/);
      const held = await cached.dropIn.get(resolve(tag), { headers: { 'if-none-match': etag } });
      expect(held).toMatchObject({ status: 304, text: '' });
      expect(held.headers.get('etag')).toBe(etag);
    }
  });

  it('does not ask about a frozen tag again, in either protocol', async () => {
    for (const [client, path] of [
      [cached.dropIn, resolve('Frozen_1', 9)],
      [cached.native, 'global-tags/Frozen_1/payloads/at?major=0&minor=9'],
    ] as const) {
      const first = await client.get(path);
      expect(fromNginx(first.headers)).toBe('nginx; fwd=uri-miss');
      const again = await client.get(path, { headers: { 'x-request-id': 'mine-2' } });
      expect(fromNginx(again.headers)).toBe('nginx; hit');
      expect(again.text).toBe(first.text);
      expect(again.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      // Of this request, not of the one that was kept.
      expect(again.headers.get('x-request-id')).toBe('mine-2');
    }
  });

  it('asks again once a tag was frozen, and from then on no more', async () => {
    const [list = ''] = await conditions.tagWithLists('Soon_frozen', 'Soon');
    await conditions.inserted(list, 'last.root', [0, 5]);
    await cached.dropIn.get(resolve('Soon_frozen'));
    await conditions.changeStatus('Soon_frozen', 'frozen');
    const after = await cached.dropIn.get(resolve('Soon_frozen'));
    expect(after.headers.get('cache-control')).toMatch(/immutable/);
    expect(fromNginx((await cached.dropIn.get(resolve('Soon_frozen'))).headers)).toBe('nginx; hit');
  });

  it('keeps nothing else: refusals, lists, and what is written', async () => {
    expect((await cached.dropIn.get(resolve('Later_1'))).text).not.toContain('late.root');
    const [list = ''] = await conditions.tagWithLists('Later_1', 'Late');
    await conditions.inserted(list, 'late.root', [0, 5]);
    expect((await cached.dropIn.get(resolve('Later_1'))).text).toContain('late.root');
    expect((await cached.dropIn.get('globalTags')).text).toContain('Later_1');
    const url = `x`.repeat(200);
    const rows = Array.from({ length: 20_000 }, (_, minor) => ({
      payload_list: list,
      payload_url: url,
      checksum: 'c',
      major_iov: 0,
      minor_iov: 100 + minor,
    }));
    const bulk = await cached.dropIn.post('bulk_piov', rows);
    expect(bulk.status).toBe(200);
    expect((await cached.dropIn.get(resolve('Later_1', 20_099))).text).toContain(url);
  });

  it('answers in JSON what nginx refuses itself', async () => {
    const long = await cached.dropIn.get(`globalTags?${'x'.repeat(40_000)}`);
    expect(long).toMatchObject({ status: 431, body: { detail: expect.any(String) } });
    const metrics = await fetch(`${cached.url}/metrics`);
    expect(metrics.status).toBe(404);
  });
});

withNginx(`A shared cache that reaches no server${given}`, () => {
  it('answers for frozen tags, and tells everybody else in JSON to try again', async () => {
    const cached = await behindNginx();
    const conditions = new DropInConditions(cached.dropIn);
    for (const tag of ['Open_2', 'Frozen_2']) {
      const [list = ''] = await conditions.tagWithLists(tag, `${tag}_type`);
      await conditions.inserted(list, `${tag}.root`, [0, 5]);
    }
    await conditions.changeStatus('Frozen_2', 'frozen');
    for (const tag of ['Open_2', 'Frozen_2']) await cached.dropIn.get(resolve(tag));
    await cached.server.stop();

    const frozen = await cached.dropIn.get(resolve('Frozen_2'));
    expect(frozen).toMatchObject({ status: 200, text: expect.stringContaining('Frozen_2.root') });
    for (const path of [resolve('Open_2'), 'globalTags']) {
      const answer = await cached.dropIn.get(path);
      expect(answer).toMatchObject({ status: 504, body: { detail: expect.any(String) } });
    }
    for (const path of ['global-tags', 'global-tags/Open_2/payloads/at?major=0&minor=7']) {
      const answer = await cached.native.get(path);
      expect(answer).toMatchObject({ status: 503, body: { code: 'overloaded' } });
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
    }
    await cached.nginx.stop();
  });
});

withNginx(`A shared cache where readers must show a token${given}`, () => {
  it('shows nobody what another was shown', async () => {
    const cached = await behindNginx({
      ...REFERENCE_AUTH,
      CDB_PERMISSION_PLUGIN_CLASS: 'scopes',
      CDB_READ_AUTH: 'required',
    });
    const all = cached.dropIn.as(await signed({ scope: 'cdb.admin:/' }));
    const other = cached.dropIn.as(await signed({ scope: 'cdb.read:/Other_' }));
    const conditions = new DropInConditions(all);
    for (const tag of ['Secret_open', 'Secret_frozen']) {
      const [list = ''] = await conditions.tagWithLists(tag, `${tag}_type`);
      await conditions.inserted(list, 'secret.root', [0, 5]);
      if (tag === 'Secret_frozen') await conditions.changeStatus(tag, 'frozen');
      for (let time = 1; time <= 2; time++) {
        expect((await all.get(resolve(tag))).text).toContain('secret.root');
      }
      expect((await cached.dropIn.get(resolve(tag))).status).toBe(401);
      expect((await other.get(resolve(tag))).status).toBe(403);
    }
    await cached.nginx.stop();
    await cached.server.stop();
  });
});
