import { type Int64ColumnParts, OPEN } from './int64-column.js';
import { Uint32Values } from './uint32-values.js';

const HIGH_MAX = 0x7fffffff;
const LOW_MAX = 0xffffffff;
const TWO_32 = 0x1_0000_0000;

/** An int64 in two halves: the high one signed, the low one not. */
interface Halves {
  readonly high: number;
  readonly low: number;
}

type Encoding =
  | { readonly kind: 'constant'; readonly value: bigint }
  | { readonly kind: 'offset'; readonly base: Halves }
  | { readonly kind: 'full' };

/** A growing column of int64, each in two halves: no BigInt is made of a value on its way in. */
export class Int64Values {
  private readonly highs = new Uint32Values();
  private readonly lows = new Uint32Values();

  push(high: number, low: number): void {
    this.highs.push(high);
    this.lows.push(low);
  }

  pushValue(value: bigint): void {
    this.push(Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asUintN(32, value)));
  }

  at(index: number): bigint {
    return joined({ high: this.highs.at(index) | 0, low: this.lows.at(index) });
  }

  get bytes(): number {
    return this.highs.bytes + this.lows.bytes;
  }

  /** Columns that order the indexes as their values do; the least significant first. */
  sortKeys(): Uint32Array[] {
    const encoding = this.encoding();
    const { length } = this.lows;
    switch (encoding.kind) {
      case 'constant':
        return [];
      case 'offset': {
        const offsets = new Uint32Array(length);
        for (let i = 0; i < length; i++) offsets[i] = this.offset(i, encoding.base);
        return [offsets];
      }
      case 'full': {
        const [lows, highs] = [new Uint32Array(length), new Uint32Array(length)];
        for (let i = 0; i < length; i++) {
          lows[i] = this.lows.at(i);
          // The sign bit turned over: negative values come first.
          highs[i] = this.highs.at(i) ^ 0x80000000;
        }
        return [lows, highs];
      }
    }
  }

  /** The values at the indexes in `order`, in that order. */
  inOrder(order: Uint32Array): Int64ColumnParts {
    const encoding = this.encoding();
    switch (encoding.kind) {
      case 'constant':
        return encoding;
      case 'offset': {
        // Side by side first: what is read in any order should be small.
        const [key = order] = this.sortKeys();
        const offsets = new SharedArrayBuffer(order.length * Uint32Array.BYTES_PER_ELEMENT);
        const view = new Uint32Array(offsets);
        for (let row = 0; row < order.length; row++) view[row] = key[order[row] ?? 0] ?? 0;
        return { kind: 'offset', base: joined(encoding.base), offsets };
      }
      case 'full': {
        const values = new SharedArrayBuffer(order.length * BigInt64Array.BYTES_PER_ELEMENT);
        const view = new BigInt64Array(values);
        for (let row = 0; row < order.length; row++) view[row] = this.at(order[row] ?? 0);
        return { kind: 'full', values };
      }
    }
  }

  clear(): void {
    this.highs.clear();
    this.lows.clear();
  }

  private offset(index: number, base: Halves): number {
    const high = this.highs.at(index) | 0;
    const low = this.lows.at(index);
    if (high === HIGH_MAX && low === LOW_MAX) return OPEN;
    return (high - base.high) * TWO_32 + low - base.low;
  }

  /** The smallest encoding that holds every value. */
  private encoding(): Encoding {
    let min: Halves = { high: HIGH_MAX, low: LOW_MAX };
    let max: Halves = { high: -HIGH_MAX - 1, low: 0 };
    let open = false;
    for (let i = 0; i < this.lows.length; i++) {
      const high = this.highs.at(i) | 0;
      const low = this.lows.at(i);
      if (high === HIGH_MAX && low === LOW_MAX) {
        open = true;
        continue;
      }
      if (high < min.high || (high === min.high && low < min.low)) min = { high, low };
      if (high > max.high || (high === max.high && low > max.low)) max = { high, low };
    }
    const range = joined(max) - joined(min);
    if (range < 0n) return { kind: 'constant', value: open ? joined(min) : 0n };
    if (range === 0n && !open) return { kind: 'constant', value: joined(min) };
    return range < BigInt(OPEN) ? { kind: 'offset', base: min } : { kind: 'full' };
  }
}

function joined({ high, low }: Halves): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}
