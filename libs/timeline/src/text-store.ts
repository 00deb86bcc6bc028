import { copyBytes } from './byte-copy.js';

/** An address is a byte of 256 chunks of 16 MiB: 4 GiB in 32 bits. */
export const CHUNK_BITS = 24;
export const CHUNK_MASK = (1 << CHUNK_BITS) - 1;
const CHUNK = 1 << CHUNK_BITS;
const CHUNKS = 256;

/** Texts are copied eight bytes at a time, so that up to seven bytes behind one are read too. */
export const SLACK = 8;

/** Texts one behind the other, in chunks of memory that threads share; none crosses a boundary. */
export class TextStore {
  private readonly chunks: SharedArrayBuffer[] = [];
  private chunk: Uint8Array = new Uint8Array(0);
  private view: DataView = new DataView(new ArrayBuffer(0));
  private used = CHUNK;

  /** @param spare chunks to be used before new ones */
  constructor(private readonly spare: SharedArrayBuffer[] = []) {}

  /** Appends `text[from, to)` and returns its address. @throws RangeError beyond 4 GiB */
  append(text: Uint8Array, from: number, to: number): number {
    const address = this.reserve(to - from);
    const { chunk } = this;
    for (let i = from, at = address & CHUNK_MASK; i < to; i++, at++) chunk[at] = text[i] ?? 0;
    return address;
  }

  /** The same for text with {@link SLACK} behind it, which is quicker. */
  appendFrom(text: DataView, from: number, length: number): number {
    const address = this.reserve(length);
    copyBytes(text, from, this.view, address & CHUNK_MASK, length);
    return address;
  }

  /** Bytes in use. */
  get bytes(): number {
    return this.chunks.length === 0 ? 0 : (this.chunks.length - 1) * CHUNK + this.used;
  }

  /** The chunks, which are no longer this store's. */
  take(): SharedArrayBuffer[] {
    this.used = CHUNK;
    return this.chunks.splice(0);
  }

  /** The chunks, the last one cut to what it holds; they are no longer this store's. */
  takeCut(): SharedArrayBuffer[] {
    const { used } = this;
    const chunks = this.take();
    const last = chunks.pop();
    if (last === undefined) return [];
    const cut = new SharedArrayBuffer(used + SLACK);
    new Uint8Array(cut).set(new Uint8Array(last, 0, used));
    return [...chunks, cut];
  }

  private reserve(length: number): number {
    if (this.used + length + SLACK > CHUNK) this.addChunk();
    const { used } = this;
    this.used = used + length;
    return (((this.chunks.length - 1) << CHUNK_BITS) | used) >>> 0;
  }

  private addChunk(): void {
    if (this.chunks.length === CHUNKS) throw new RangeError('a timeline holds up to 4 GiB of text');
    const chunk = this.spare.pop() ?? new SharedArrayBuffer(CHUNK);
    this.chunks.push(chunk);
    this.chunk = new Uint8Array(chunk);
    this.view = new DataView(chunk);
    this.used = 0;
  }
}
