import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const places: string[] = [];

/** A data folder that the server's own user may enter, not made yet. */
export function dataFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tempora-start-'));
  chmodSync(dir, 0o755);
  places.push(dir);
  return join(dir, 'data');
}

export function removeDataFolders(): void {
  for (const dir of places) rmSync(dir, { recursive: true, force: true });
}

/** The PostgreSQL that runs on a data folder, if any does. */
export function postmasterPid(dataDir: string): number | undefined {
  try {
    const text = readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8');
    return Number(text.split('\n')[0]);
  } catch {
    return undefined;
  }
}

/** Not so where it has ended and only waits for its parent to take note. */
export function isRunning(pid: number): boolean {
  const answer = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return answer.status === 0 && !answer.stdout.startsWith('Z');
}
