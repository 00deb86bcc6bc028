import { describe, expect, it } from '@jest/globals';
import { type HttpClient } from '../http-client.js';
import { Agreement } from './agreement.js';
import { type Exchange, recordedExchanges, Replay } from './recorded-exchanges.js';

const exchanges = recordedExchanges();

/** The tests that replay every recorded exchange, in order, against a server that is empty before. */
export function itKeepsTheContract(
  dropIn: () => HttpClient,
  spelling: (path: string) => string = (path) => path,
): void {
  describe('each recorded exchange', () => {
    let replay: Replay | undefined;
    const agreement = new Agreement();

    it.each(exchanges.map((exchange, index) => [index + 1, title(exchange), exchange] as const))(
      '%i. %s',
      async (_, __, exchange) => {
        replay ??= new Replay(dropIn(), spelling);
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
}

function title({ method, path, status, ours }: Exchange): string {
  return `${method} ${path}: ${ours ?? status}`;
}

/** What the reference says about single fields, which its clients read. */
function fieldErrors({ status, response }: Exchange): object {
  if (status !== 400 || typeof response !== 'object' || response === null) return {};
  return response;
}
