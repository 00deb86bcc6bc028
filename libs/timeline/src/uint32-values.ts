const CHUNK_BITS = 16;
const CHUNK = 1 << CHUNK_BITS;

/** A growing column of uint32: it never moves what it holds, so that growing costs no second copy. */
export class Uint32Values {
  private readonly chunks: Uint32Array[] = [];
  private tail = new Uint32Array(0);
  length = 0;

  push(value: number): void {
    const at = this.length++ & (CHUNK - 1);
    if (at === 0) {
      this.tail = new Uint32Array(CHUNK);
      this.chunks.push(this.tail);
    }
    this.tail[at] = value;
  }

  at(index: number): number {
    return this.chunks[index >>> CHUNK_BITS]?.[index & (CHUNK - 1)] ?? 0;
  }

  clear(): void {
    this.chunks.length = 0;
    this.length = 0;
  }

  get bytes(): number {
    return this.chunks.length * CHUNK * Uint32Array.BYTES_PER_ELEMENT;
  }
}
