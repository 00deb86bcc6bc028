import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port that nobody has, nor gets: systems give away those above 32767. */
export async function quietPort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    const probe = createServer();
    const taken = await new Promise<boolean>((resolve) => {
      probe.once('error', () => {
        resolve(true);
      });
      probe.listen(port, '127.0.0.1', () => {
        resolve(false);
      });
    });
    if (taken) continue;
    const closed = once(probe, 'close');
    probe.close();
    await closed;
    return port;
  }
}
