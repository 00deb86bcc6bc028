import { expect } from '@jest/globals';
import {
  compareMoments,
  isOpenEnd,
  type IovMode,
  type Moment,
  OPEN_END,
  predecessor,
  successor,
} from '#iov';
import { type Part, Timeline, type TimelineList, type Window } from '../src/index.js';
import { around, type ModelRow, type TimelineModel } from './timeline-model.js';
import { build, MOMENTS } from './timelines.js';

/** Every moment at which something can change, and its neighbours. */
export const PROBES = around(MOMENTS);

/** A timeline beside the model that says what it should answer. */
export class Subject {
  private constructor(
    readonly timeline: Timeline,
    readonly model: TimelineModel,
  ) {}

  /** @param arrival where among the others each row comes */
  static open(model: TimelineModel, mode: IovMode, arrival?: readonly number[]): Subject {
    // As it goes to another thread: nothing of the builder may be left in it.
    const parts = structuredClone(build(model, arrival).build());
    return new Subject(Timeline.open(parts, mode), model);
  }

  withList(list: TimelineList, rows: readonly ModelRow[]): Subject {
    return new Subject(this.timeline.withList(list, rows), this.model.withList(list, rows));
  }

  withoutList(id: bigint): Subject {
    return new Subject(this.timeline.withoutList(id), this.model.withoutList(id));
  }

  withRange(id: bigint, first: Moment, last: Moment, rows: readonly ModelRow[]): Subject {
    return new Subject(
      this.timeline.withRange(id, first, last, rows),
      this.model.withRange(id, first, last, rows),
    );
  }

  expectAnswers(probes = PROBES): void {
    const { timeline, model } = this;
    expect(timeline.lists.map(({ id }) => id)).toEqual(model.lists.map(({ id }) => id));
    expect(probes.map((at) => timeline.answer(at, 'rows').body.toString())).toEqual(
      probes.map((at) => model.rows(at)),
    );
    expect(probes.map((at) => timeline.answer(at, 'dict').body.toString())).toEqual(
      probes.map((at) => model.dict(at)),
    );
    expect(probes.map((at) => this.valid(at))).toEqual(
      probes.map((at) => model.valid(at, timeline.mode)),
    );
  }

  expectExactWindows(at: Moment, probes = PROBES): void {
    const { timeline, model } = this;
    const { window } = timeline.answer(at, 'rows');
    expect(timeline.windowAt(at)).toEqual(window);
    this.expectExact(window, at, probes, (moment) => model.rows(moment));
    this.expectExact(timeline.resolve(at).window, at, probes, (moment) =>
      String(model.valid(moment, timeline.mode)),
    );
    for (const { payloadType } of timeline.lists) {
      const numbers = model.lists.flatMap((list, i) => (list.payloadType === payloadType ? i : []));
      const { payloads, missing, window: own } = timeline.resolve(at, payloadType);
      expect(payloads.length + missing.length).toBe(numbers.length);
      this.expectExact(own, at, probes, (moment) => {
        const valid = model.valid(moment, timeline.mode);
        return String(numbers.map((i) => valid[i]));
      });
    }
  }

  /** @param until as the mode has it; null: without bound */
  expectBetween(from: Moment, until: Moment | null): void {
    const { timeline, model } = this;
    const { mode } = timeline;
    const end = until === null || isOpenEnd(until) ? null : endOf({ from, until }, mode);
    const found = Array.from(timeline.between(from, until), ({ payload, effective }) => ({
      list: payload.list.id,
      id: payload.id,
      from: effective.from,
      until: endOf(effective, mode),
    }));
    expect(found).toEqual(model.between(from, end, mode));
    this.expectParts(from, until);
  }

  /** What is left behind each payload, and of each type, is what is left out of all. */
  private expectParts(from: Moment, until: Moment | null): void {
    const { timeline } = this;
    const idsOf = (part: Part): bigint[] =>
      Array.from(timeline.between(from, until, part), ({ payload }) => payload.id);
    const all = [...timeline.between(from, until)];
    for (const payloadType of [undefined, ...timeline.lists.map((list) => list.payloadType)]) {
      const some = all.filter(
        ({ payload }) => (payloadType ?? payload.list.payloadType) === payload.list.payloadType,
      );
      expect(idsOf({ payloadType })).toEqual(some.map(({ payload }) => payload.id));
      for (const [i, { payload }] of some.entries()) {
        const after = { start: payload.start, list: payload.list.id };
        const behind = some.slice(i + 1).map((each) => each.payload.id);
        expect(idsOf({ payloadType, after })).toEqual(behind);
      }
    }
  }

  private valid(at: Moment): (bigint | null)[] {
    const { payloads, missing } = this.timeline.resolve(at);
    const ids = new Map<bigint, bigint | null>(missing.map(({ id }) => [id, null]));
    for (const { list, id } of payloads) ids.set(list.id, id);
    expect(ids.size).toBe(payloads.length + missing.length);
    return this.timeline.lists.map(({ id }) => ids.get(id) ?? null);
  }

  /** All moments inside are answered alike, those right before and after it otherwise. */
  private expectExact(
    window: Window,
    at: Moment,
    probes: readonly Moment[],
    answer: (at: Moment) => string,
  ): void {
    const { from } = window;
    const end = endOf(window, this.timeline.mode);
    const isInside = (moment: Moment): boolean =>
      compareMoments(moment, from) >= 0 && (end === null || compareMoments(moment, end) < 0);
    expect(isInside(at)).toBe(true);
    const inside = [from, ...probes, end === null ? OPEN_END : predecessor(end)].filter(isInside);
    expect(new Set(inside.map(answer))).toEqual(new Set([answer(at)]));
    if (from.major > 0n || from.minor > 0n) expect(answer(predecessor(from))).not.toBe(answer(at));
    if (end !== null) expect(answer(end)).not.toBe(answer(at));
  }
}

/** The first moment after the window; null: there is none. */
function endOf({ until }: Window, mode: IovMode): Moment | null {
  return until === null || mode === 'continuous' ? until : successor(until);
}
