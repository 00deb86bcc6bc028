import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { formatBytes, formatMilliseconds } from './format.js';

const WATCHED_MS = 2_000;
const SYNCS = 100;

/** Where the figures were got; without it they say nothing. */
export async function describeMachine(
  database: ClientConfig | undefined,
  folder: string,
): Promise<Record<string, string>> {
  const processors = cpus();
  return {
    Date: new Date().toISOString().slice(0, 16).replace('T', ' ') + ' UTC',
    Machine: `${processors.length} cores, ${processors[0]?.model.trim() ?? 'unknown'}, ${formatBytes(totalmem())} memory, ${platform()} ${release()} ${arch()}`,
    Node: process.version,
    ...(database
      ? {
          PostgreSQL: await describePostgres(database),
          Disk: `write and fdatasync of 8 kB: ${formatMilliseconds(syncMilliseconds(folder))} ms`,
        }
      : {}),
    'Used by others just before': await describeOthers(),
  };
}

/** How much of the processors is in use while the bench rests: its figures suffer from that. */
export async function describeOthers(): Promise<string> {
  const before = processorTimes();
  await pause(WATCHED_MS);
  const after = processorTimes();
  const idle = (after.idle - before.idle) / (after.all - before.all);
  return `${(100 * (1 - idle)).toFixed(0)} % of the CPU`;
}

async function describePostgres(database: ClientConfig): Promise<string> {
  const client = new Client(database);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; value: string }>(
      `SELECT name, current_setting(name) AS value
       FROM unnest(ARRAY['server_version', 'shared_buffers', 'fsync', 'synchronous_commit']) AS name`,
    );
    const [version, ...settings] = rows;
    return `${version?.value ?? ''} (${settings.map(({ name, value }) => `${name} ${value}`).join(', ')})`;
  } finally {
    await client.end();
  }
}

/** What the disk takes for a durable commit, at best. */
function syncMilliseconds(folder: string): number {
  const file = join(folder, 'sync-probe');
  const block = Buffer.alloc(8192);
  const descriptor = openSync(file, 'w');
  try {
    const started = performance.now();
    for (let sync = 0; sync < SYNCS; sync += 1) {
      writeSync(descriptor, block);
      fdatasyncSync(descriptor);
    }
    return (performance.now() - started) / SYNCS;
  } finally {
    closeSync(descriptor);
    rmSync(file);
  }
}

function processorTimes(): { idle: number; all: number } {
  const times = cpus().map((processor) => processor.times);
  const idle = times.reduce((sum, time) => sum + time.idle, 0);
  const busy = times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0);
  return { idle, all: idle + busy };
}
