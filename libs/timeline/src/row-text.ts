import { AnswerSpace } from './answer-space.js';
import { copyBytes } from './byte-copy.js';
import { CHUNK_BITS, CHUNK_MASK } from './text-store.js';
import { type TimelineParts } from './timeline-parts.js';
import { NO_ROW, PATCHED } from './timeline-row.js';

const CACHE_LINE = 64;

/** For texts that are asked one by one. */
const single = new AnswerSpace();

/** The JSON texts of the rows, each with a comma behind it. */
export class RowText {
  private readonly places: Uint32Array;
  private readonly chunks: readonly DataView[];
  private readonly frames: DataView;
  private readonly framePlaces: Uint32Array;
  /** Of no meaning: it keeps the reads of {@link fetch} from being optimised away. */
  touched = 0;

  constructor({ places, text, frames }: TimelineParts) {
    this.places = new Uint32Array(places);
    this.chunks = text.map((chunk) => new DataView(chunk));
    this.frames = new DataView(frames.text);
    this.framePlaces = new Uint32Array(frames.places);
  }

  /**
   * The length of the texts of `rows` and a comma behind each; numbers from `PATCHED` on are left
   * out. It touches the texts, every load independent of those before, so that all of them are on
   * their way from memory at once; copied without that, each row waits for its own.
   */
  fetch(rows: Uint32Array): number {
    const { places, chunks, framePlaces } = this;
    let touched = 0;
    for (let list = 0; list < rows.length; list++) {
      const row = rows[list] ?? NO_ROW;
      if (row < PATCHED) touched ^= places[2 * row] ?? 0;
    }
    let sum = 0;
    for (let list = 0; list < rows.length; list++) {
      const row = rows[list] ?? NO_ROW;
      if (row >= PATCHED) continue;
      const address = places[2 * row] ?? 0;
      const shape = places[2 * row + 1] ?? 0;
      const frame = 3 * (shape >>> 16);
      const length = shape & 0xffff;
      const chunk = chunks[address >>> CHUNK_BITS];
      if (chunk === undefined) continue;
      const from = address & CHUNK_MASK;
      touched ^= chunk.getUint8(from) ^ chunk.getUint8(from + length);
      if (length > CACHE_LINE) touched ^= chunk.getUint8(from + CACHE_LINE);
      if (length > 2 * CACHE_LINE) touched ^= chunk.getUint8(from + 2 * CACHE_LINE);
      sum += (framePlaces[frame + 1] ?? 0) + length + (framePlaces[frame + 2] ?? 0);
    }
    this.touched = touched;
    return sum;
  }

  /** The text of one row. */
  json(row: number): Buffer {
    const rows = Uint32Array.of(row);
    single.reserve(this.fetch(rows));
    const end = this.write(rows, single.view, single.start, () => single.start);
    return single.take(end - 1);
  }

  /**
   * Writes the texts of `rows` and a comma behind each from `at` on, and returns where they end. Up
   * to eight bytes behind that are overwritten.
   * @param patched writes a row with a number from `PATCHED` on
   */
  write(
    rows: Uint32Array,
    to: DataView,
    at: number,
    patched: (list: number, row: number, at: number) => number,
  ): number {
    const { places, chunks, frames, framePlaces } = this;
    let end = at;
    for (let list = 0; list < rows.length; list++) {
      const row = rows[list] ?? NO_ROW;
      if (row === NO_ROW) continue;
      if (row >= PATCHED) {
        end = patched(list, row, end);
        continue;
      }
      const address = places[2 * row] ?? 0;
      const shape = places[2 * row + 1] ?? 0;
      const frame = 3 * (shape >>> 16);
      const length = shape & 0xffff;
      const head = framePlaces[frame] ?? 0;
      const headLength = framePlaces[frame + 1] ?? 0;
      const tailLength = framePlaces[frame + 2] ?? 0;
      const chunk = chunks[address >>> CHUNK_BITS] ?? frames;
      copyBytes(frames, head, to, end, headLength);
      end += headLength;
      copyBytes(chunk, address & CHUNK_MASK, to, end, length);
      end += length;
      copyBytes(frames, head + headLength, to, end, tailLength);
      end += tailLength;
    }
    return end;
  }
}
