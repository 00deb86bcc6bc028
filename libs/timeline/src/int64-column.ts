/**
 * A column of int64 in as few bytes as its range allows, in buffers that threads share. Moments of
 * one tag hardly ever span more than 2^32, open ends apart, so that 4 bytes a value are the rule.
 */
export type Int64ColumnParts =
  | { readonly kind: 'constant'; readonly value: bigint }
  /** Uint32 distances from `base`; {@link OPEN} is 2^63-1. */
  | { readonly kind: 'offset'; readonly base: bigint; readonly offsets: SharedArrayBuffer }
  | { readonly kind: 'full'; readonly values: SharedArrayBuffer };

/** The offset that stands for 2^63-1, which open ends have and which is far from all else. */
export const OPEN = 0xffffffff;

export interface Int64Column {
  at(row: number): bigint;
  /** A function that says how the value of a row compares with `value`: below 0, 0, above 0. */
  comparedWith(value: bigint): (row: number) => number;
}

const INT64_MAX = 9223372036854775807n;

export function openColumn(parts: Int64ColumnParts): Int64Column {
  switch (parts.kind) {
    case 'constant': {
      const { value } = parts;
      return {
        at: () => value,
        comparedWith: (other) => {
          const order = value < other ? -1 : value > other ? 1 : 0;
          return () => order;
        },
      };
    }
    case 'offset': {
      const { base } = parts;
      const offsets = new Uint32Array(parts.offsets);
      return {
        at: (row) => {
          const offset = offsets[row] ?? OPEN;
          return offset === OPEN ? INT64_MAX : base + BigInt(offset);
        },
        comparedWith: (other) => {
          const offset = offsetOf(other, base);
          return (row) => (offsets[row] ?? OPEN) - offset;
        },
      };
    }
    case 'full': {
      const values = new BigInt64Array(parts.values);
      return {
        at: (row) => values[row] ?? 0n,
        comparedWith: (other) => (row) => {
          const value = values[row] ?? 0n;
          return value < other ? -1 : value > other ? 1 : 0;
        },
      };
    }
  }
}

/** `value` among the offsets of a column; between two of them where the column cannot hold it. */
function offsetOf(value: bigint, base: bigint): number {
  if (value === INT64_MAX) return OPEN;
  if (value < base) return -1;
  const offset = value - base;
  return offset < OPEN ? Number(offset) : OPEN - 0.5;
}

/** A function that says whether the value of a row is that of the row before. */
export function repeats(parts: Int64ColumnParts): (row: number) => boolean {
  if (parts.kind === 'constant') return () => true;
  const values =
    parts.kind === 'offset' ? new Uint32Array(parts.offsets) : new BigInt64Array(parts.values);
  return (row) => values[row] === values[row - 1];
}

export function columnBytes(parts: Int64ColumnParts): number {
  if (parts.kind === 'constant') return 0;
  return parts.kind === 'offset' ? parts.offsets.byteLength : parts.values.byteLength;
}
