/** Nopayloaddb's own answers, recorded, replayed against this service. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Agreement } from './contract/agreement.js';
import { type Exchange, recordedExchanges, Replay } from './contract/recorded-exchanges.js';
import { startServer, type TestServer } from './server.js';

const exchanges = recordedExchanges();

describe.each([
  ['as recorded', (path: string) => path],
  ['with each trailing slash taken away, or added', toggleTrailingSlash],
])('the recorded exchanges, %s', (_, spelling) => {
  let server: TestServer;
  let replay: Replay;
  let agreement: Agreement;

  beforeAll(async () => {
    server = await startServer({ iovMode: 'continuous' });
    replay = new Replay(server.dropIn, spelling);
    agreement = new Agreement();
  });
  afterAll(() => server.stop());

  it.each(exchanges.map((exchange, index) => [index + 1, title(exchange), exchange] as const))(
    '%i. %s',
    async (_, __, exchange) => {
      const { status, body } = await replay.play(exchange);

      expect({ status, body }).toEqual({ status: exchange.ours ?? exchange.status, body });
      if (status !== 200) {
        expect(body).toEqual(expect.objectContaining({ detail: expect.stringMatching(/\w/) }));
        expect(body).toMatchObject(fieldErrors(exchange));
      } else if (exchange.response !== null) {
        expect(agreement.complaint(exchange, body)).toBeUndefined();
      }
    },
  );
});

it('they are all there', () => {
  expect(exchanges).toHaveLength(103);
});

function title({ method, path, status, ours }: Exchange): string {
  return `${method} ${path}: ${ours ?? status}`;
}

/** What the reference says about single fields, which its clients read. */
function fieldErrors({ status, response }: Exchange): object {
  if (status !== 400 || typeof response !== 'object' || response === null) return {};
  return response;
}

function toggleTrailingSlash(path: string): string {
  const [bare = '', query] = path.split('?');
  const toggled = bare.endsWith('/') ? bare.slice(0, -1) : `${bare}/`;
  return query === undefined ? toggled : `${toggled}?${query}`;
}
