import { describe, expect, it } from '@jest/globals';
import { PrimaryHistory } from './primary-history.js';
import { endOfWritten, walPosition } from './wal-position.js';

describe('A position in the log', () => {
  it('is read as PostgreSQL writes it', () => {
    expect(walPosition('0/0')).toBe(0n);
    expect(walPosition('16/B374D848')).toBe(0x16_b374_d848n);
    expect(walPosition('FFFFFFFF/FFFFFFFF')).toBe(2n ** 64n - 1n);
  });

  it('behind the header of a page is the end of the page before', () => {
    expect(endOfWritten(walPosition('0/3004018'))).toBe(walPosition('0/3004000'));
    expect(endOfWritten(walPosition('0/3000028'))).toBe(walPosition('0/3000000'));
    expect(endOfWritten(walPosition('0/3004020'))).toBe(walPosition('0/3004020'));
  });
});

describe('The lag of a replica', () => {
  it('is the time since the primary had more, and how much more', () => {
    const history = new PrimaryHistory();
    expect(history.lag(5n, 1_000)).toEqual({ ms: 0, bytes: 0n });
    history.add(100n, 1_000);
    history.add(200n, 2_000);
    history.add(200n, 3_000);
    history.add(300n, 4_000);
    expect(history.lag(300n, 9_000)).toEqual({ ms: 0, bytes: 0n });
    expect(history.lag(299n, 9_000)).toEqual({ ms: 5_000, bytes: 1n });
    expect(history.lag(100n, 9_000)).toEqual({ ms: 7_000, bytes: 200n });
    expect(history.lag(0n, 9_000)).toEqual({ ms: 8_000, bytes: 300n });
  });

  it('is counted anew where another primary answers in its place', () => {
    const history = new PrimaryHistory();
    history.add(300n, 1_000);
    history.add(200n, 2_000);
    expect(history.excludes(300n)).toBe(true);
    expect(history.excludes(200n)).toBe(false);
    history.add(250n, 3_000);
    expect(history.lag(200n, 4_000)).toEqual({ ms: 1_000, bytes: 50n });
  });

  it('is not known of a primary that has just been found', () => {
    const history = new PrimaryHistory();
    history.add(300n, 1_000);
    history.restart();
    history.add(200n, 2_000);
    expect(history.lag(200n, 3_000)).toEqual({ ms: 0, bytes: 0n });
  });
});
