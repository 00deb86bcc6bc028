import { SLACK } from './text-store.js';

/** Cut from one piece of memory after the other, as Node does for small buffers. */
const PIECE = 256 * 1024;

/**
 * Where answers are written. What {@link take} returns is never written to again, so that it may
 * wait for its socket as long as it must; its piece is freed with the last answer in it. Five times
 * as fast as a buffer per answer for small answers, a tenth for large ones.
 */
export class AnswerSpace {
  bytes: Buffer = Buffer.allocUnsafeSlow(0);
  view = new DataView(this.bytes.buffer);
  /** Where the next answer begins. */
  start = 0;

  /** Makes room for `length` bytes from `start` on, and the few more that copying spills. */
  reserve(length: number): void {
    const needed = length + SLACK;
    if (this.start + needed <= this.bytes.length) return;
    this.bytes = Buffer.allocUnsafeSlow(Math.max(PIECE, needed));
    this.view = new DataView(this.bytes.buffer);
    this.start = 0;
  }

  /** What was written from `start` to before `end`. */
  take(end: number): Buffer {
    const answer = this.bytes.subarray(this.start, end);
    this.start = end;
    return answer;
  }
}
