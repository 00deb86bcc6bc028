import { type Moment } from '#iov';
import { type Shape } from './render.js';
import { type Answer, type Timeline } from './timeline.js';

/** Places to remember what was asked of late; a power of two. */
const RECENT = 4096;
/** An entry beside its body, about. */
const ENTRY_BYTES = 400;

/**
 * Answers of one timeline that are asked again and again: all moments between two starts have the
 * same one. An answer is kept from the second time on that it is asked within some thousand, so
 * that random moments neither fill the memory nor drive out what is hot; the least recently used
 * ones leave first.
 */
export class AnswerCache {
  private timeline: Timeline | undefined;
  private readonly answers = new Map<number, Answer>();
  private readonly recent = new Float64Array(RECENT).fill(-1);
  private used = 0;

  /** @param limit bytes of memory */
  constructor(private readonly limit: number) {}

  get bytes(): number {
    return this.used;
  }

  /** The answer of this timeline, see `Timeline.answer`. Answers of any other are forgotten. */
  answer(timeline: Timeline, moment: Moment, shape: Shape): Answer {
    if (timeline !== this.timeline) this.reset(timeline);
    const key = 2 * timeline.locate(moment) + (shape === 'rows' ? 0 : 1);
    const known = this.answers.get(key);
    if (known !== undefined) {
      // Behind all others: a Map keeps the order in which it was filled.
      this.answers.delete(key);
      this.answers.set(key, known);
      return known;
    }
    const answer = timeline.answer(moment, shape);
    const place = key % RECENT;
    if (this.recent[place] === key) return this.keep(key, answer);
    this.recent[place] = key;
    return answer;
  }

  private keep(key: number, { body, window }: Answer): Answer {
    // Its own memory: a slice would keep the piece it was cut from.
    const answer = { body: Buffer.from(new Uint8Array(body).buffer), window };
    this.answers.set(key, answer);
    this.used += body.length + ENTRY_BYTES;
    for (const [oldest, { body: old }] of this.answers) {
      if (this.used <= this.limit) break;
      this.answers.delete(oldest);
      this.used -= old.length + ENTRY_BYTES;
    }
    return answer;
  }

  private reset(timeline: Timeline): void {
    this.timeline = timeline;
    this.answers.clear();
    this.recent.fill(-1);
    this.used = 0;
  }
}
