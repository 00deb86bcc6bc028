import { describe, expect, it } from '@jest/globals';
import { type Moment, OPEN_END } from '#iov';
import { Timeline, TimelineBuilder, type TimelineRow } from './index.js';

const at = (minor: number): Moment => ({ major: 0n, minor: BigInt(minor) });
const A = { id: 1n, payloadType: 'A' };
const LISTS = [A, { id: 2n, payloadType: 'B' }, { id: 3n, payloadType: 'C' }];

function rows(count: number, name: string): TimelineRow[] {
  return Array.from({ length: count }, (_row, i) => ({
    id: BigInt(i + 1),
    start: at(10 * i),
    end: OPEN_END,
    json: `["${name}",${i}]`,
  }));
}

function open(): Timeline {
  const builder = new TimelineBuilder(LISTS);
  for (const { id, payloadType } of LISTS) {
    for (const row of rows(100, payloadType)) builder.add(id, row);
  }
  return Timeline.open(builder.build(), 'continuous');
}

describe('an update of a timeline', () => {
  const timeline = open();

  it('counts as overlay what it brings and what it leaves dead', () => {
    expect(timeline.overlayShare).toBe(0);
    expect(timeline.withoutList(1n).overlayShare).toBeCloseTo(1 / 3);
    expect(timeline.withList(A, rows(100, 'new')).overlayShare).toBeCloseTo(200 / 400);
    const one = [{ id: 1000n, start: at(1), end: OPEN_END, json: '["A",1]' }];
    expect(timeline.withRange(1n, at(1), at(1), one).overlayShare).toBeCloseTo(1 / 301);
  });

  it('says about how much memory it takes', () => {
    const updated = timeline.withList(A, rows(100, 'new'));
    expect(timeline.bytes).toBeGreaterThan(300 * 10);
    expect(updated.bytes).toBeGreaterThan(timeline.bytes + 100 * 100);
    expect(updated.withoutList(1n).bytes).toBe(timeline.bytes);
  });

  it('takes ranges that come one after another', () => {
    let updated = timeline;
    for (let i = 0; i < 100; i++) {
      const row = { id: BigInt(1000 + i), start: at(10 * i), end: OPEN_END, json: `["A","n${i}"]` };
      updated = updated.withRange(1n, at(10 * i), at(10 * i), [row]);
    }
    for (let i = 0; i < 100; i++) {
      const expected = `[["A","n${i}"],["B",${i}],["C",${i}]]`;
      expect(updated.answer(at(10 * i + 5), 'rows').body.toString()).toBe(expected);
    }
  });

  it('is refused for a list that is not there, rows outside of the range, rows too long', () => {
    expect(() => timeline.withRange(9n, at(0), at(9), [])).toThrow(RangeError);
    expect(() => timeline.withRange(1n, at(5), at(10), rows(1, 'A'))).toThrow(RangeError);
    const long = rows(1, 'x'.repeat(65536));
    expect(() => timeline.withRange(1n, at(0), at(10), long)).toThrow(RangeError);
  });

  it('leaves answers as they were that wait for their sockets', () => {
    const moments = Array.from({ length: 10_000 }, (_moment, i) => at(i % 1000));
    const answers = moments.map((moment) => timeline.answer(moment, 'rows').body);
    const updated = timeline.withList(A, rows(100, 'new'));
    for (const moment of moments) updated.answer(moment, 'rows');
    expect(answers.map(String)).toEqual(
      moments.map(
        ({ minor }) => `[["A",${minor / 10n}],["B",${minor / 10n}],["C",${minor / 10n}]]`,
      ),
    );
  });
});
