import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const SAMPLE_EVERY_MS = 200;

/** Watches the resident memory of a process. */
export class ProcessMemory {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #peak = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => void this.#sample(), SAMPLE_EVERY_MS);
    this.#timer.unref();
  }

  /** @returns the highest resident memory seen since the last call, in bytes */
  async takePeak(): Promise<number> {
    await this.#sample();
    const peak = this.#peak;
    this.#peak = 0;
    return peak;
  }

  /** Resident memory at this moment, in bytes. */
  now(): Promise<number> {
    return residentBytes(this.#pid);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #sample(): Promise<void> {
    this.#peak = Math.max(this.#peak, await residentBytes(this.#pid));
  }
}

/** @returns the resident memory of a process in bytes, 0 if it has ended */
async function residentBytes(pid: number): Promise<number> {
  try {
    if (process.platform === 'linux') {
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
    }
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
    return Number(stdout) * 1024;
  } catch {
    return 0;
  }
}
