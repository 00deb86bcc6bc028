import { setTimeout as pause } from 'node:timers/promises';
import { type Target } from './bench.js';
import { momentQuery, nextMoment } from './moments.js';
import { progress } from './progress.js';

const ASK_AGAIN_AFTER_MS = 20;
const PATIENCE_MS = 300_000;

/**
 * Asks for a tag until its answers come from memory.
 *
 * @returns the seconds from the first question; undefined if the server does not say where answers
 * come from, or had not loaded the tag within five minutes
 */
export async function untilHeld({ client }: Target, tag: string): Promise<number | undefined> {
  const path = `/payloadiovs/${momentQuery(
    tag,
    nextMoment('first', () => 0),
  )}`;
  progress(`${tag}: waiting until it is held in memory …`);
  const started = performance.now();
  while (performance.now() - started < PATIENCE_MS) {
    const fromMemory = await client.fromMemory(path);
    if (fromMemory === undefined) return undefined;
    if (fromMemory) return (performance.now() - started) / 1000;
    await pause(ASK_AGAIN_AFTER_MS);
  }
  progress(`${tag} was not loaded into memory.`);
  return undefined;
}
