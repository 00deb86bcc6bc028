import { setTimeout as pause } from 'node:timers/promises';

/** Less than a test may last, so that it is told what did not come. */
const LIMIT_MS = 180_000;

/**
 * Waits for something that another process or session will bring about.
 * @throws Error if that takes three minutes
 */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const began = performance.now();
  while (!(await condition())) {
    if (performance.now() - began > LIMIT_MS)
      throw new Error(`waited in vain: ${condition.toString()}`);
    await pause(20);
  }
}
