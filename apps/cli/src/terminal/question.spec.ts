import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { confirmOn } from './question.js';

/** What somebody at a terminal sees, and types. */
function terminal({ isTTY }: { isTTY: boolean }) {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const stopped = new AbortController();
  return { stdin, stderr, stopped, signal: stopped.signal };
}

describe('on a terminal', () => {
  it.each(['y\n', 'yes\n', ' YES \n'])('goes on after %j', async (typed) => {
    const { stdin, stderr, signal } = terminal({ isTTY: true });
    stdin.write(typed);
    await confirmOn({ stdin, stderr, signal }, false)('It is deleted.');
    expect(String(stderr.read())).toBe('It is deleted. Go on? [y/N] ');
  });

  it.each(['\n', 'n\n', 'yeah\n', 'nay yes\n'])('does not after %j', async (typed) => {
    const { stdin, stderr, signal } = terminal({ isTTY: true });
    stdin.write(typed);
    const asked = confirmOn({ stdin, stderr, signal }, false)('It is deleted.');
    await expect(asked).rejects.toMatchObject({ ending: 'notConfirmed' });
  });

  it('does not where the input ends, as after Ctrl-D', async () => {
    const { stdin, stderr, signal } = terminal({ isTTY: true });
    stdin.end();
    const asked = confirmOn({ stdin, stderr, signal }, false)('It is deleted.');
    await expect(asked).rejects.toMatchObject({ ending: 'notConfirmed' });
  });

  it('ends where it is interrupted', async () => {
    const { stdin, stderr, signal, stopped } = terminal({ isTTY: true });
    const asked = confirmOn({ stdin, stderr, signal }, false)('It is deleted.');
    stopped.abort(new Error('interrupted'));
    await expect(asked).rejects.toThrow('interrupted');
  });
});

it('is refused where nobody can be asked', async () => {
  for (const [input, output] of [
    [true, false],
    [false, true],
  ] as const) {
    const { stdin, signal } = terminal({ isTTY: input });
    const { stderr } = terminal({ isTTY: output });
    stdin.write('y\n');
    await expect(confirmOn({ stdin, stderr, signal }, false)('It is deleted.')).rejects.toThrow(
      'It is deleted. Nothing was done: say --yes to have it done without a question.',
    );
  }
});

it('is not asked where it was answered by --yes', async () => {
  const { stdin, stderr, signal } = terminal({ isTTY: false });
  await confirmOn({ stdin, stderr, signal }, true)('It is deleted.');
  expect(stderr.read()).toBeNull();
});
