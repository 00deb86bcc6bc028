import { isOpenEnd, type IovMode, type Moment, successor } from '#iov';
import { inAnswerOrder } from './answer-order.js';
import { between, type EffectivePayload, type Part } from './between.js';
import { LatestRows, openBase, type Slot } from './latest-rows.js';
import { ListPatch } from './list-patch.js';
import { render, type Shape } from './render.js';
import { resolve, type Resolution } from './resolve.js';
import { startsAround } from './started-rows.js';
import { TimelinePayload } from './timeline-payload.js';
import { partsBytes, type TimelineParts } from './timeline-parts.js';
import { NO_ROW, type TimelineList, type TimelineRow } from './timeline-row.js';
import { type Window, windowOf } from './window.js';

/** An answer of the drop-in protocol. */
export interface Answer {
  /** JSON text. It is never written to again and may wait for its socket. */
  readonly body: Buffer;
  /** Where it stays the same. */
  readonly window: Window;
}

/**
 * What a global tag answers at any moment, in memory. It never changes: an update makes another one
 * that shares all it can, so that whoever reads this one, even slowly, sees one state of the tag.
 */
export class Timeline {
  private constructor(
    private readonly latest: LatestRows,
    readonly mode: IovMode,
  ) {}

  /** Opens what `TimelineBuilder.build` made, in this thread or another; copies nothing. */
  static open(parts: TimelineParts, mode: IovMode): Timeline {
    const slots = parts.lists.map((list, base): Slot => ({ list, base, patch: undefined }));
    return new Timeline(new LatestRows(openBase(parts), slots), mode);
  }

  /** The lists of the tag, sorted as in every answer: by payload type (UTF-8 bytes), then by id. */
  get lists(): TimelineList[] {
    return this.latest.slots.map(({ list }) => list);
  }

  /** Bytes of memory: what was loaded exactly, updates about. */
  get bytes(): number {
    return this.latest.slots.reduce(
      (sum, { patch }) => sum + (patch?.bytes ?? 0),
      partsBytes(this.latest.base.parts),
    );
  }

  /**
   * The share of rows that updates have brought or left dead, from 0 to 1. Each list with updates
   * costs every answer about as much as three without: time to build anew at a quarter or so.
   */
  get overlayShare(): number {
    const { base, slots } = this.latest;
    const counted = new Set(slots.map((slot) => slot.base));
    let overlay = 0;
    for (const { patch } of slots) overlay += patch?.rows.length ?? 0;
    const rows = base.rows.length + overlay;
    for (const [list, count] of base.parts.rowsOfList.entries()) {
      if (!counted.has(list)) overlay += count;
    }
    return rows === 0 ? 0 : overlay / rows;
  }

  /**
   * A number for the moments between the same two starts: moments with one number have the same
   * answer, byte for byte. Good as the key of a cache of this timeline's answers.
   */
  locate(moment: Moment): number {
    return this.latest.locate(moment);
  }

  /**
   * The answer of the drop-in protocol: of every list the row with the latest start at or before the
   * moment, whatever its end; the same bytes as from PostgreSQL.
   * @throws TypeError in shape `dict` if the JSON of a row is not an array of nine
   */
  answer(moment: Moment, shape: Shape): Answer {
    const body = render(this.latest, this.latest.at(moment), shape);
    return { body, window: this.windowAt(moment) };
  }

  /** Where the answer of the drop-in protocol stays the same: between two starts. */
  windowAt(moment: Moment): Window {
    const [from, until] = startsAround(this.latest, moment);
    return windowOf(from, until, this.mode);
  }

  /**
   * The payloads valid at the moment, ends checked, and the lists that have none.
   * @param payloadType only lists of this type, and the window in which their answer stays the same
   */
  resolve(moment: Moment, payloadType?: string): Resolution {
    return resolve(this.latest, moment, this.mode, payloadType);
  }

  /**
   * For every list of {@link lists} the payload with the latest start at or before the moment,
   * whatever its end.
   */
  payloadsAt(moment: Moment): (TimelinePayload | undefined)[] {
    return Array.from(this.latest.at(moment), (row, list) =>
      row === NO_ROW ? undefined : new TimelinePayload(this.latest, list, row),
    );
  }

  /**
   * Every payload that is valid somewhere in a range, and where in it: up to its end, the next start
   * in its list, or the end of the range. In order of start, then list; read as far as it is asked.
   * @param until excluded in continuous mode, included in discrete mode; null, or the open end:
   * without bound
   * @param part only some of them
   */
  between(from: Moment, until: Moment | null, part: Part = {}): Iterable<EffectivePayload> {
    const bound = until === null || isOpenEnd(until) ? null : until;
    const end = bound !== null && this.mode === 'discrete' ? successor(bound) : bound;
    return between(this.latest, { from, until: end }, this.mode, part);
  }

  /**
   * With these rows as all there is of the list, which may be new; a few milliseconds for 26,000.
   * @throws RangeError for JSON text of more than 65,535 bytes
   */
  withList(list: TimelineList, rows: Iterable<TimelineRow>): Timeline {
    const others = this.latest.slots.filter((slot) => slot.list.id !== list.id);
    return this.withSlots([...others, { list, base: -1, patch: ListPatch.whole(rows) }]);
  }

  /** Without the list; the same if it does not have it. */
  withoutList(id: bigint): Timeline {
    return this.withSlots(this.latest.slots.filter((slot) => slot.list.id !== id));
  }

  /**
   * With these rows in place of all rows of the list that start from `first` to `last`, both
   * included. What it costs depends on how much has been updated, not on the length of the list.
   * @throws RangeError for a list the timeline does not have, a row that starts outside of the
   * range, JSON text of more than 65,535 bytes
   */
  withRange(id: bigint, first: Moment, last: Moment, rows: Iterable<TimelineRow>): Timeline {
    const number = this.latest.slots.findIndex(({ list }) => list.id === id);
    const slot = this.latest.slot(number);
    const base = this.latest.base.rows;
    const before = slot.base < 0 ? NO_ROW : base.latestOf(slot.base, base.startedBy(first, false));
    const patch = (slot.patch ?? ListPatch.NONE).with({ first, last, before }, rows, (row) =>
      base.start(row),
    );
    return new Timeline(
      new LatestRows(this.latest.base, this.latest.slots.with(number, { ...slot, patch })),
      this.mode,
    );
  }

  private withSlots(slots: readonly Slot[]): Timeline {
    const byId = new Map(slots.map((slot) => [slot.list.id, slot]));
    const sorted = inAnswerOrder(slots.map(({ list }) => list)).flatMap(
      ({ id }) => byId.get(id) ?? [],
    );
    return new Timeline(new LatestRows(this.latest.base, sorted), this.mode);
  }
}
