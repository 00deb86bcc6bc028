import { CHUNK_BITS, CHUNK_MASK, TextStore } from './text-store.js';

/** Chunks that are put in order together: 64 MiB. */
const UNIT_BITS = 2;

/**
 * Puts the texts in order of start within every 64 MiB of them, and their new addresses into
 * `places`. The rows of an answer then lie on a few pages of each such unit instead of one page
 * each, which costs reading almost as little as one order over all would; and the memory of a unit
 * that is done is used for the next one, so that no second copy of all texts is needed.
 */
export function sortTexts(text: TextStore, places: Uint32Array): SharedArrayBuffer[] {
  const chunks = text.take();
  const views = chunks.map((chunk) => new DataView(chunk));
  const spare: SharedArrayBuffer[] = [];
  const sorted = new TextStore(spare);
  const rows = rowsByUnit(places, chunks.length);
  const addresses = new Uint32Array(places.length / 2);
  for (const [unit, rowsOfUnit] of rows.entries()) {
    for (let i = 0; i < rowsOfUnit.length; i++) {
      const row = rowsOfUnit[i] ?? 0;
      const address = places[2 * row] ?? 0;
      const length = (places[2 * row + 1] ?? 0) & 0xffff;
      const chunk = views[address >>> CHUNK_BITS];
      if (chunk === undefined) continue;
      addresses[row] = sorted.appendFrom(chunk, address & CHUNK_MASK, length);
    }
    const first = unit << UNIT_BITS;
    spare.push(...chunks.slice(first, first + (1 << UNIT_BITS)));
  }
  for (let row = 0; row < addresses.length; row++) places[2 * row] = addresses[row] ?? 0;
  return sorted.takeCut();
}

/** For each unit its rows, in order. */
function rowsByUnit(places: Uint32Array, chunks: number): Uint32Array[] {
  const count = places.length / 2;
  const units = Math.ceil(chunks / (1 << UNIT_BITS));
  const ends = new Uint32Array(units);
  const unitOf = (row: number): number => (places[2 * row] ?? 0) >>> (CHUNK_BITS + UNIT_BITS);
  for (let row = 0; row < count; row++) ends[unitOf(row)] = (ends[unitOf(row)] ?? 0) + 1;
  const rows = Array.from(ends, (length) => new Uint32Array(length));
  ends.fill(0);
  for (let row = 0; row < count; row++) {
    const unit = unitOf(row);
    const at = ends[unit] ?? 0;
    const of = rows[unit];
    if (of !== undefined) of[at] = row;
    ends[unit] = at + 1;
  }
  return rows;
}
