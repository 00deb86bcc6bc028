import { setTimeout as pause } from 'node:timers/promises';

/** Waits for something that another process or session will bring about; the test's time limit bounds it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(20);
}
