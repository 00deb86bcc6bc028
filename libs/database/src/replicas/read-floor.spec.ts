import { describe, expect, it } from '@jest/globals';
import { ReadFloor } from './read-floor.js';
import { endOfWritten } from './wal-position.js';

const untold = (): Promise<undefined> => Promise.resolve(undefined);

describe('What a server must have replayed', () => {
  it('is where the primary was when it was found', () => {
    const floor = new ReadFloor();
    expect(floor.position).toBeUndefined();
    floor.restart(1_000n);
    expect(floor.position).toBe(endOfWritten(1_000n));
  });

  it('is not known while the primary has not told it', async () => {
    const floor = new ReadFloor();
    floor.restart(1_000n);
    const answer = Promise.resolve(2_000n);
    floor.raise(() => answer);
    expect(floor.position).toBeUndefined();
    await answer;
    expect(floor.position).toBe(endOfWritten(2_000n));
  });

  it('includes a commit after the position at which the primary is found', async () => {
    const floor = new ReadFloor();
    let answer: Promise<bigint | undefined> = untold();
    floor.raise(() => answer);
    floor.restart(1_000n);
    expect(floor.position).toBeUndefined();
    await answer;
    floor.restart(1_000n);
    expect(floor.position).toBeUndefined();
    answer = Promise.resolve(2_000n);
    floor.retry();
    await answer;
    expect(floor.position).toBe(endOfWritten(2_000n));
  });
});
