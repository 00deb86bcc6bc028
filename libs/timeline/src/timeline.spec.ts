import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareMoments, type IovMode } from '#iov';
import { PROBES, Subject } from '../test/subject.js';
import {
  type Draft,
  draftedLists,
  drafts,
  modelOf,
  ranges,
  rowsOf,
  types,
} from '../test/timelines.js';

const order = fc.array(fc.nat(), { minLength: 1, maxLength: 8 });
const probes = fc.constantFrom(...PROBES);

/** One change of a tag; rows outside of a range are left out of it. */
const changes = fc.record({
  kind: fc.constantFrom('list', 'range', 'range', 'remove'),
  list: fc.nat({ max: 5 }),
  payloadType: types,
  range: ranges,
  rows: fc.array(drafts, { maxLength: 5 }),
});
type Change = typeof changes extends fc.Arbitrary<infer T> ? T : never;

function changed(subject: Subject, change: Change, firstId: bigint): Subject {
  const { start, end } = change.range;
  const id = BigInt(change.list);
  const known = subject.model.lists.find((list) => list.id === id);
  if (change.kind === 'remove') return subject.withoutList(id);
  if (change.kind === 'range' && known !== undefined) {
    const inside = ({ start: at }: Draft): boolean =>
      compareMoments(at, start) >= 0 && compareMoments(at, end) <= 0;
    const rows = rowsOf(known.payloadType, change.rows.filter(inside), firstId);
    return subject.withRange(id, start, end, rows);
  }
  const list = { id, payloadType: change.payloadType };
  return subject.withList(list, rowsOf(list.payloadType, change.rows, firstId));
}

describe.each<IovMode>(['continuous', 'discrete'])('a timeline in %s mode', (mode) => {
  it('answers as reading every row would', () => {
    fc.assert(
      fc.property(draftedLists, order, (lists, arrival) => {
        Subject.open(modelOf(lists), mode, arrival).expectAnswers();
      }),
      { numRuns: 100 },
    );
  });

  it('knows the largest window in which an answer stays the same', () => {
    fc.assert(
      fc.property(draftedLists, probes, (lists, at) => {
        Subject.open(modelOf(lists), mode).expectExactWindows(at);
      }),
      { numRuns: 250 },
    );
  });

  it('lists what is valid in a range, in order of start', () => {
    fc.assert(
      fc.property(draftedLists, ranges, (lists, { start, end }) => {
        const subject = Subject.open(modelOf(lists), mode);
        subject.expectBetween(start, end);
        subject.expectBetween(start, null);
      }),
      { numRuns: 200 },
    );
  });

  it('answers so after any updates, and what it was before is left as it was', () => {
    fc.assert(
      fc.property(
        draftedLists,
        fc.array(changes, { minLength: 1, maxLength: 6 }),
        fc.array(probes, { minLength: 1, maxLength: 4 }),
        ranges,
        (lists, history, moments, { start, end }) => {
          const states = [Subject.open(modelOf(lists), mode)];
          for (const [i, change] of history.entries()) {
            const last = states.at(-1);
            if (last !== undefined) states.push(changed(last, change, BigInt(1000 * (i + 1))));
          }
          for (const state of states.toReversed()) {
            state.expectAnswers();
            for (const at of moments) state.expectExactWindows(at);
            state.expectBetween(start, end);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives moments with one number one answer', () => {
    fc.assert(
      fc.property(draftedLists, fc.array(changes, { maxLength: 3 }), (lists, history) => {
        let subject = Subject.open(modelOf(lists), mode);
        for (const [i, change] of history.entries()) {
          subject = changed(subject, change, BigInt(1000 * (i + 1)));
        }
        const answers = new Map<number, string>();
        for (const at of PROBES) {
          const number = subject.timeline.locate(at);
          const answer = subject.model.rows(at);
          expect(answers.get(number) ?? answer).toBe(answer);
          answers.set(number, answer);
        }
      }),
      { numRuns: 100 },
    );
  });
});
