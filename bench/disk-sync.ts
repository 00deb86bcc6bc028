import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LatencyHistogram } from './latency-histogram.js';

const BLOCK = 8192;
const BLOCKS = 256;

/** How long the disk takes to keep what it was given, in ms. */
export interface DiskSync {
  readonly p50: number;
  readonly p99: number;
}

/**
 * Writes 8 kB and waits until the disk has it, again and again, in a file that was written before:
 * what PostgreSQL does with its log at each commit, and what its `pg_test_fsync` measures.
 *
 * @param folder on the disk in question
 */
export function measureDiskSync(folder: string): DiskSync {
  const file = join(folder, 'sync-probe');
  const block = Buffer.alloc(BLOCK, 1);
  const latencies = new LatencyHistogram();
  const descriptor = openSync(file, 'w');
  try {
    for (let at = 0; at < BLOCKS; at += 1) writeSync(descriptor, block, 0, BLOCK, at * BLOCK);
    fdatasyncSync(descriptor);
    for (let at = 0; at < BLOCKS; at += 1) {
      const started = performance.now();
      writeSync(descriptor, block, 0, BLOCK, at * BLOCK);
      fdatasyncSync(descriptor);
      latencies.record(performance.now() - started);
    }
    return { p50: latencies.percentile(0.5), p99: latencies.percentile(0.99) };
  } finally {
    closeSync(descriptor);
    rmSync(file);
  }
}
