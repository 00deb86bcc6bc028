import { describe, expect, it } from '@jest/globals';
import { type Moment, OPEN_END } from '#iov';
import { Subject } from '../test/subject.js';
import { type Draft, modelOf, rowsOf } from '../test/timelines.js';
import { Timeline, TimelineBuilder } from './index.js';

const at = (minor: number): Moment => ({ major: 0n, minor: BigInt(minor) });

/** The same sequence every time. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function draft(start: Moment, end: Moment, url: string): Draft {
  return { start, end, url, size: null, revision: null };
}

describe('a timeline of thousands of rows', () => {
  const below = random(1);
  const lists = Array.from({ length: 40 }, (_list, list) => ({
    payloadType: `Type${list}`,
    // One list has a few rows only: they are found across many checkpoints.
    rows: Array.from({ length: list === 7 ? 3 : 1 + below(150) }, (_row, i) => {
      const start = below(3000);
      const end = below(3) === 0 ? OPEN_END : at(start + below(100));
      return draft(at(start), end, `Type${list}_${start}_${i}_file.data`);
    }),
  }));
  const model = modelOf(lists);
  const probes = Array.from({ length: 150 }, () => at(below(3100)));
  const subject = Subject.open(model, 'continuous');

  it('answers as reading every row would', () => {
    subject.expectAnswers(probes);
    subject.expectBetween(at(1000), at(1100));
    for (const probe of probes.slice(0, 10)) subject.expectExactWindows(probe, probes);
  });

  it('does so with updates on top', () => {
    let updated = subject.withoutList(3n);
    for (let i = 0; i < 60; i++) {
      const { id, payloadType } = updated.model.lists[below(8)] ?? { id: 1n, payloadType: '' };
      const first = below(3000);
      const last = first + below(30);
      const rows = Array.from({ length: below(3) }, (_row, k) =>
        draft(at(first + below(last - first + 1)), OPEN_END, `new_${i}_${k}`),
      );
      const added = rowsOf(payloadType, rows, BigInt(10000 + 10 * i));
      updated = updated.withRange(id, at(first), at(last), added);
    }
    updated.expectAnswers(probes);
    updated.expectBetween(at(1000), at(1100));
    for (const probe of probes.slice(0, 10)) updated.expectExactWindows(probe, probes);
    expect(updated.timeline.overlayShare).toBeGreaterThan(0);
    expect(updated.timeline.overlayShare).toBeLessThan(0.1);
  });
});

describe('the builder of a timeline', () => {
  it('takes more text than is put in order at once', () => {
    // Units of 64 MiB, in chunks of 16 MiB; rows of the greatest length.
    const builder = new TimelineBuilder([{ id: 1n, payloadType: 'A' }]);
    const json = (i: number): string => {
      const text = `["A","${i}`;
      return `${text}${String(i % 10).repeat(65535 - text.length - 3)}",${i % 10}]`.slice(0, 65535);
    };
    const below = random(2);
    const rows = Array.from({ length: 1200 }, (_row, i) => ({ i, start: 1000 * below(1000) + i }));
    for (const { i, start } of rows) {
      builder.add(1n, { id: BigInt(i), start: at(start), end: OPEN_END, json: json(i) });
    }
    expect(builder.bytes).toBeGreaterThan(64 * 2 ** 20);
    const timeline = Timeline.open(builder.build(), 'continuous');
    for (const { i, start } of rows.filter((_row, k) => k % 10 === 0)) {
      const { body } = timeline.answer(at(start), 'rows');
      expect(body.equals(Buffer.from(`[${json(i)}]`))).toBe(true);
    }
  });

  it('refuses rows of more than 65,535 bytes', () => {
    const builder = new TimelineBuilder([{ id: 1n, payloadType: 'A' }]);
    const row = { id: 1n, start: at(0), end: OPEN_END };
    expect(() => {
      builder.add(1n, { ...row, json: 'é'.repeat(32768) });
    }).toThrow(RangeError);
    expect(() => {
      builder.add(1n, { ...row, json: Buffer.alloc(65536) });
    }).toThrow(RangeError);
    expect(builder.rows).toBe(0);
  });

  it('refuses rows of a list that was not announced', () => {
    const builder = new TimelineBuilder([{ id: 1n, payloadType: 'A' }]);
    expect(() => {
      builder.add(4n, { id: 1n, start: at(0), end: OPEN_END, json: '[]' });
    }).toThrow(RangeError);
    expect(builder.rows).toBe(0);
  });

  it('refuses more than 32,767 lists', () => {
    const many = Array.from({ length: 32768 }, (_list, i) => ({
      id: BigInt(i),
      payloadType: String(i),
    }));
    expect(() => new TimelineBuilder(many)).toThrow(RangeError);
    const timeline = Timeline.open(new TimelineBuilder(many.slice(1)).build(), 'continuous');
    expect(timeline.resolve(at(0)).missing.length).toBe(32767);
  });
});
