import { describe, expect, it } from '@jest/globals';
import { type Ask, ReadFloor } from './read-floor.js';
import { endOfWritten } from './wal-position.js';

const untold: Ask = () => Promise.resolve(undefined);
const at =
  (position: bigint): Ask =>
  () =>
    Promise.resolve(position);

/** What is needed when a question that is answered at once has been. */
async function needed(floor: ReadFloor): Promise<bigint | undefined> {
  await Promise.resolve();
  return floor.position;
}

describe('What a server must have replayed', () => {
  it('is where the primary is when it is asked after it was found', async () => {
    const floor = new ReadFloor();
    expect(floor.position).toBeUndefined();
    floor.restart('one', at(1_000n));
    expect(await needed(floor)).toBeUndefined();
    floor.retry();
    expect(await needed(floor)).toBe(endOfWritten(1_000n));
  });

  it('is not known while the primary has not told it', async () => {
    const floor = new ReadFloor();
    floor.raise(at(1_000n));
    expect(await needed(floor)).toBe(1_000n);
    floor.raise(untold);
    expect(await needed(floor)).toBeUndefined();
  });

  it('includes a commit that was asked about when the primary was found', async () => {
    const floor = new ReadFloor();
    floor.raise(at(500n));
    floor.restart('one', at(2_000n));
    expect(await needed(floor)).toBeUndefined();
    floor.retry();
    expect(await needed(floor)).toBe(2_000n);
  });

  it('is more than any replica had that was ahead of the primary', async () => {
    const floor = new ReadFloor();
    expect(floor.reached(5_000n)).toBe(false);
    floor.raise(at(4_000n));
    expect(await needed(floor)).toBe(5_001n);
    expect(floor.doubts(5_000n)).toBe(true);
    expect(floor.doubts(5_001n)).toBe(false);
    floor.raise(at(6_000n));
    expect(await needed(floor)).toBe(6_000n);
  });

  it('of the same primary is as much as a replica may have; of another, more than any has', async () => {
    const floor = new ReadFloor();
    floor.reached(5_000n);
    for (const [primary, position] of [
      ['one', 5_000n],
      ['one', 5_000n],
      ['other', 5_001n],
    ] as const) {
      floor.restart(primary, at(5_000n));
      floor.retry();
      expect(await needed(floor)).toBe(position);
    }
  });

  it('is asked for again where a replica has more than was told', async () => {
    const floor = new ReadFloor();
    floor.raise(at(1_000n));
    await needed(floor);
    expect(floor.reached(1_000n)).toBe(false);
    expect(floor.reached(1_001n)).toBe(true);
  });
});
