const DIGIT = 0xff;
const DIGITS = DIGIT + 1;

/**
 * The indexes 0 … `length` - 1 in order of `keys`, the least significant first; indexes of equal
 * keys keep their order. A radix sort by bytes that carries the key along: 256 places to write to
 * stay in the processor's cache, where 65,536 do not, and passes in which all bytes are equal, most
 * of them in practice, are left out.
 */
export function sortedOrder(length: number, keys: Iterable<Uint32Array>): Uint32Array {
  let order = new Uint32Array(length);
  for (let i = 0; i < length; i++) order[i] = i;
  let sorted = new Uint32Array(length);
  let carried = new Uint32Array(length);
  let moved = new Uint32Array(length);

  for (const key of keys) {
    for (let i = 0; i < length; i++) carried[i] = key[order[i] ?? 0] ?? 0;
    for (let shift = 0; shift < 32; shift += 8) {
      const places = firstPlaces(carried, shift);
      if (places === undefined) continue;
      for (let i = 0; i < length; i++) {
        const value = carried[i] ?? 0;
        const digit = (value >>> shift) & DIGIT;
        const place = places[digit] ?? 0;
        places[digit] = place + 1;
        moved[place] = value;
        sorted[place] = order[i] ?? 0;
      }
      [order, sorted] = [sorted, order];
      [carried, moved] = [moved, carried];
    }
  }
  return order;
}

/** Where the values with each digit begin once sorted; undefined if all have the same digit. */
function firstPlaces(values: Uint32Array, shift: number): Uint32Array | undefined {
  const counts = new Uint32Array(DIGITS);
  for (let i = 0; i < values.length; i++) {
    const digit = ((values[i] ?? 0) >>> shift) & DIGIT;
    counts[digit] = (counts[digit] ?? 0) + 1;
  }
  if (counts.includes(values.length)) return undefined;
  let place = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const count = counts[digit] ?? 0;
    counts[digit] = place;
    place += count;
  }
  return counts;
}
