const CHUNK_BITS = 16;
const CHUNK = 1 << CHUNK_BITS;
const CHUNK_BYTES = CHUNK * Uint32Array.BYTES_PER_ELEMENT;

/**
 * A growing column of uint32. It never moves what it holds, and stretches of one value, which the
 * high halves of int64 and open ends are, cost next to nothing.
 */
export class Uint32Values {
  private readonly chunks: Uint32Array[] = [];
  private tail = new Uint32Array(0);
  private tailIsUniform = true;
  /** Chunks of one value each. */
  private readonly uniform = new Map<number, Uint32Array>();
  private owned = 0;
  length = 0;

  push(value: number): void {
    const at = this.length & (CHUNK - 1);
    if (at === 0) this.beginChunk();
    else if (value !== this.tail[0]) this.tailIsUniform = false;
    this.tail[at] = value;
    this.length++;
  }

  at(index: number): number {
    return this.chunks[index >>> CHUNK_BITS]?.[index & (CHUNK - 1)] ?? 0;
  }

  clear(): void {
    this.chunks.length = 0;
    this.uniform.clear();
    this.tail = new Uint32Array(0);
    this.owned = 0;
    this.length = 0;
  }

  get bytes(): number {
    return this.owned * CHUNK_BYTES;
  }

  private beginChunk(): void {
    const value = this.tail[0];
    const known = value === undefined ? undefined : this.uniform.get(value);
    if (value !== undefined && this.tailIsUniform && known !== undefined) {
      this.chunks[this.chunks.length - 1] = known;
    } else {
      if (value !== undefined && this.tailIsUniform) this.uniform.set(value, this.tail);
      this.tail = new Uint32Array(CHUNK);
      this.owned++;
    }
    this.chunks.push(this.tail);
    this.tailIsUniform = true;
  }
}
