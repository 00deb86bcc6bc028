/** Nopayloaddb's own answers, recorded, replayed against this service. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { itKeepsTheContract } from './contract/recorded-contract.js';
import { recordedExchanges } from './contract/recorded-exchanges.js';
import { startServer, type TestServer } from './server.js';

describe.each([
  ['as recorded', (path: string) => path],
  ['with each trailing slash taken away, or added', toggleTrailingSlash],
])('the recorded exchanges, %s', (_, spelling) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer({ iovMode: 'continuous' });
  });
  afterAll(() => server.stop());

  itKeepsTheContract(() => server.dropIn, spelling);
});

it('they are all there', () => {
  expect(recordedExchanges()).toHaveLength(103);
});

function toggleTrailingSlash(path: string): string {
  const [bare = '', query] = path.split('?');
  const toggled = bare.endsWith('/') ? bare.slice(0, -1) : `${bare}/`;
  return query === undefined ? toggled : `${toggled}?${query}`;
}
