import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  compareMoments,
  INT64_MAX,
  type IovMode,
  isOpenEnd,
  type Moment,
  OPEN_END,
  predecessor,
  successor,
} from '#iov';
import { around, type TimelineModel } from '../test/timeline-model.js';
import {
  build,
  type Draft,
  draftedLists,
  drafts,
  modelOf,
  MOMENTS,
  ranges,
  rowsOf,
  types,
} from '../test/timelines.js';
import { Timeline, type Window } from './index.js';

const PROBES = around(MOMENTS);
const order = fc.array(fc.nat(), { minLength: 1, maxLength: 8 });

/** What a timeline says at a moment, in a form that can be compared. */
interface Subject {
  readonly timeline: Timeline;
  readonly model: TimelineModel;
}

function open(model: TimelineModel, mode: IovMode, arrival: readonly number[] = []): Subject {
  // As it goes to another thread: nothing of the builder may be left in it.
  const parts = structuredClone(build(model, arrival).build());
  return { timeline: Timeline.open(parts, mode), model };
}

function validIn({ timeline }: Subject, at: Moment): (bigint | null)[] {
  const { payloads, missing } = timeline.resolve(at);
  expect(timeline.lists).toEqual(expect.arrayContaining([...missing]));
  const byList = new Map(payloads.map(({ list, id }) => [list.id, id]));
  expect(byList.size + missing.length).toBe(timeline.lists.length);
  return timeline.lists.map(({ id }) => byList.get(id) ?? null);
}

/** The first moment after the window; null: there is none. */
function endOf({ until }: Window, mode: IovMode): Moment | null {
  return until === null || mode === 'continuous' ? until : successor(until);
}

/** All moments inside are answered alike, those next to it otherwise. */
function expectExact(
  window: Window,
  at: Moment,
  mode: IovMode,
  answer: (at: Moment) => unknown,
): void {
  const here = answer(at);
  const end = endOf(window, mode);
  const { from } = window;
  expect(compareMoments(from, at)).toBeLessThanOrEqual(0);
  expect(end === null || compareMoments(at, end) < 0).toBe(true);
  for (const inside of [from, ...PROBES, end === null ? OPEN_END : predecessor(end)]) {
    if (compareMoments(inside, from) < 0) continue;
    if (end !== null && compareMoments(inside, end) >= 0) continue;
    expect(answer(inside)).toEqual(here);
  }
  if (from.major > 0n || from.minor > 0n) expect(answer(predecessor(from))).not.toEqual(here);
  if (end !== null) expect(answer(end)).not.toEqual(here);
}

function expectSame(subject: Subject, probes: readonly Moment[], mode: IovMode): void {
  const { timeline, model } = subject;
  expect(timeline.lists.map(({ id }) => id)).toEqual(model.lists.map(({ id }) => id));
  for (const at of probes) {
    expect(timeline.answer(at, 'rows').body.toString()).toBe(model.rows(at));
    expect(timeline.answer(at, 'dict').body.toString()).toBe(model.dict(at));
    expect(validIn(subject, at)).toEqual(model.valid(at, mode));
  }
}

describe.each<IovMode>(['continuous', 'discrete'])('a timeline in %s mode', (mode) => {
  it('answers as reading every row would', () => {
    fc.assert(
      fc.property(draftedLists, order, (lists, arrival) => {
        expectSame(open(modelOf(lists), mode, arrival), PROBES, mode);
      }),
      { numRuns: 150 },
    );
  });

  it('knows the largest window in which an answer stays the same', () => {
    fc.assert(
      fc.property(draftedLists, fc.constantFrom(...PROBES), (lists, at) => {
        const subject = open(modelOf(lists), mode);
        const { timeline, model } = subject;
        const { window } = timeline.answer(at, 'rows');
        expect(timeline.windowAt(at)).toEqual(window);
        expectExact(window, at, mode, (moment) => model.rows(moment));
        expectExact(timeline.resolve(at).window, at, mode, (moment) => model.valid(moment, mode));
      }),
      { numRuns: 300 },
    );
  });

  it('lists what is valid in a range, in order of start', () => {
    fc.assert(
      fc.property(draftedLists, ranges, (lists, { start, end }) => {
        const { timeline, model } = open(modelOf(lists), mode);
        expect(between(timeline, start, end)).toEqual(
          model.between(start, rangeEnd(end, mode), mode),
        );
      }),
      { numRuns: 300 },
    );
  });
});
