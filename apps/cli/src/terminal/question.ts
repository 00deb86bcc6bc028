import { createInterface } from 'node:readline/promises';
import { Failure } from '../failure.js';
import { type Surroundings } from '../surroundings.js';
import { plainText } from './plain-text.js';

/** Asks before something is changed that cannot be changed back. */
export type Confirm = (
  /** What is about to happen, as a sentence. */
  what: string,
) => Promise<void>;

/**
 * @param yes whether `--yes` answers every question
 * @returns what asks on a terminal, and refuses by a {@link Failure} where there is none
 */
export function confirmOn(
  { stdin, stderr, signal }: Pick<Surroundings, 'stdin' | 'stderr' | 'signal'>,
  yes: boolean,
): Confirm {
  return async (what) => {
    if (yes) return;
    if (stdin.isTTY !== true || stderr.isTTY !== true) {
      throw new Failure(
        'notConfirmed',
        `${what} Nothing was done: say --yes to have it done without a question.`,
      );
    }
    // The terminal itself edits the line and makes a signal of Ctrl-C.
    const asking = createInterface({ input: stdin, output: stderr, terminal: false });
    try {
      const gone = new Promise<string>((resolve) => {
        asking.once('close', () => {
          resolve('');
        });
      });
      const asked = asking.question(`${plainText(what)} Go on? [y/N] `, { signal });
      const answer = await Promise.race([asked, gone]);
      if (!/^\s*y(es)?\s*$/i.test(answer)) throw new Failure('notConfirmed', 'Nothing was done.');
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      asking.close();
    }
  };
}
