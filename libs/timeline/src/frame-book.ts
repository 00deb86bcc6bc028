import { SLACK } from './text-store.js';
import { type FrameParts } from './timeline-parts.js';

/** What many rows of one list begin and end with, stored once. */
interface Frame {
  readonly number: number;
  readonly list: number;
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

/** A list while its frames are learnt from its rows. */
interface Learner {
  /** The ones that spare most first; the bare one, which fits every row, is last. */
  readonly frames: Frame[];
  /** A row not long ago, to compare with. */
  sample: Uint8Array;
  rows: number;
}

const EMPTY = new Uint8Array(0);
const COMMA = 0x2c;

/** A frame is worth having if it spares this many bytes a row more than the next best. */
const WORTH = 8;
/** Beyond the bare one. A list whose rows agree needs one or two. */
const FRAMES_PER_LIST = 16;
/** So many of them may improve on one that is there; the others serve rows that none fits. */
const IMPROVEMENTS = 8;
const FRAMES = 0xffff;
/** The first rows of a list are learnt from, later every sixteenth. */
const LEARNING = 64;
const EVERY = 0xf;

/**
 * Learns, list by list, how rows begin and end alike (`["BeamSpot","BeamSpot_12_` and
 * `,9223372036854775807,9223372036854775807,null]`), whatever that is: it knows nothing of JSON.
 * This spares half of a row's text.
 */
export class FrameBook {
  private readonly frames: Frame[] = [];
  private readonly learners: Learner[] = [];

  /** @param lists how many there are, at most 32,767 @throws RangeError for more */
  constructor(lists: number) {
    if (lists > FRAMES >>> 1) throw new RangeError('a timeline holds up to 32,767 payload lists');
    for (let list = 0; list < lists; list++) {
      this.learners.push({ frames: [], sample: EMPTY, rows: 0 });
      this.add(list, EMPTY, EMPTY);
    }
  }

  listOf(frame: number): number {
    return this.frames[frame]?.list ?? 0;
  }

  /** A frame of the row `text[from, to)`: it begins with its head and ends with its tail. */
  fit(list: number, text: Uint8Array, from: number, to: number): Frame {
    const learner = this.learners[list];
    const found = learner?.frames.find((frame) => fits(frame, text, from, to));
    if (learner === undefined || found === undefined) throw new RangeError(`no list ${list}`);
    const row = learner.rows++;
    if (row > LEARNING && (row & EVERY) !== 0 && spares(found) > 0) return found;
    const { sample } = learner;
    learner.sample = copyOf(text, from, to);
    const kept = learner.frames.length - 1;
    if (kept >= (spares(found) > 0 ? IMPROVEMENTS : FRAMES_PER_LIST)) return found;
    if (this.frames.length >= FRAMES) return found;
    const head = sharedBeginning(sample, text, from, to);
    const tail = sharedEnd(sample, text, from, to, head);
    if (head + tail < spares(found) + WORTH) return found;
    return this.add(list, copyOf(text, from, from + head), copyOf(text, to - tail, to));
  }

  finish(): FrameParts {
    const { length } = this.frames;
    const bytes = this.frames.reduce((sum, frame) => sum + spares(frame) + 1, 0);
    const text = new SharedArrayBuffer(bytes + SLACK);
    const lists = new SharedArrayBuffer(length * Uint16Array.BYTES_PER_ELEMENT);
    const places = new SharedArrayBuffer(length * 3 * Uint32Array.BYTES_PER_ELEMENT);
    const textView = new Uint8Array(text);
    const listView = new Uint16Array(lists);
    const placeView = new Uint32Array(places);
    let at = 0;
    for (const { number, list, head, tail } of this.frames) {
      listView[number] = list;
      placeView.set([at, head.length, tail.length + 1], 3 * number);
      textView.set(head, at);
      textView.set(tail, at + head.length);
      at += head.length + tail.length + 1;
      textView[at - 1] = COMMA;
    }
    return { text, lists, places };
  }

  private add(list: number, head: Uint8Array, tail: Uint8Array): Frame {
    const frame = { number: this.frames.length, list, head, tail };
    this.frames.push(frame);
    this.learners[list]?.frames.push(frame);
    this.learners[list]?.frames.sort((a, b) => spares(b) - spares(a));
    return frame;
  }
}

/** `slice` of a Buffer would be a view of memory that is about to be used again. */
function copyOf(text: Uint8Array, from: number, to: number): Uint8Array {
  return new Uint8Array(text.subarray(from, to));
}

function spares(frame: Frame): number {
  return frame.head.length + frame.tail.length;
}

function fits({ head, tail }: Frame, text: Uint8Array, from: number, to: number): boolean {
  if (head.length + tail.length > to - from) return false;
  for (let i = head.length - 1; i >= 0; i--) if (head[i] !== text[from + i]) return false;
  const end = to - tail.length;
  for (let i = 0; i < tail.length; i++) if (tail[i] !== text[end + i]) return false;
  return true;
}

/** How many bytes `text[from, to)` begins with as `sample` does. */
function sharedBeginning(sample: Uint8Array, text: Uint8Array, from: number, to: number): number {
  const most = Math.min(sample.length, to - from);
  let shared = 0;
  while (shared < most && sample[shared] === text[from + shared]) shared++;
  while (shared > 0 && insideCharacter(text[from + shared])) shared--;
  return shared;
}

/** How many bytes it ends with as `sample` does, the first `head` bytes of both left aside. */
function sharedEnd(
  sample: Uint8Array,
  text: Uint8Array,
  from: number,
  to: number,
  head: number,
): number {
  const most = Math.min(sample.length, to - from) - head;
  let shared = 0;
  while (shared < most && sample[sample.length - 1 - shared] === text[to - 1 - shared]) shared++;
  while (shared > 0 && insideCharacter(text[to - shared])) shared--;
  return shared;
}

/** No text is cut inside a character: `copyBytes` wants UTF-8. */
function insideCharacter(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
