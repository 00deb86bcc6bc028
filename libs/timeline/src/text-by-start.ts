import { CHUNK_BITS, CHUNK_MASK, TextStore } from './text-store.js';

/** Chunks that are put in order together. */
const UNIT_BITS = 2;

/**
 * Puts the texts in order of start within every 64 MiB of them, and their new addresses into
 * `places`. The rows of an answer then lie on a few pages of each such unit instead of one page
 * each, which costs reading almost as little as one order over all would; and the memory of a unit
 * that is done is used for the next one, so that no second copy of all texts is needed.
 */
export function sortTexts(text: TextStore, places: Uint32Array): SharedArrayBuffer[] {
  const chunks = text.take();
  const views = chunks.map((chunk) => new Uint8Array(chunk));
  const spare: SharedArrayBuffer[] = [];
  const sorted = new TextStore(spare);
  const addresses = new Uint32Array(places.length / 2);
  for (let unit = 0; unit << UNIT_BITS < chunks.length; unit++) {
    for (let row = 0; row < addresses.length; row++) {
      const address = places[2 * row] ?? 0;
      if (address >>> (CHUNK_BITS + UNIT_BITS) !== unit) continue;
      const chunk = views[address >>> CHUNK_BITS];
      const from = address & CHUNK_MASK;
      const length = (places[2 * row + 1] ?? 0) & 0xffff;
      if (chunk !== undefined) addresses[row] = sorted.append(chunk, from, from + length);
    }
    const first = unit << UNIT_BITS;
    spare.push(...chunks.slice(first, first + (1 << UNIT_BITS)));
  }
  for (let row = 0; row < addresses.length; row++) places[2 * row] = addresses[row] ?? 0;
  return sorted.takeCut();
}
