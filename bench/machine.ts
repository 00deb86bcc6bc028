import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { measureDiskSync } from './disk-sync.js';
import { formatBytes, formatMilliseconds } from './format.js';

const WATCHED_MS = 2_000;
/** From this load average on others take time that the figures then lack. */
const QUIET = 0.5;

/** Where the figures were got; without it they say nothing. */
export async function describeMachine(
  own: { database: ClientConfig; folder: string } | undefined,
): Promise<Record<string, string>> {
  const processors = cpus();
  return {
    Date: new Date().toISOString().slice(0, 16).replace('T', ' ') + ' UTC',
    Machine: `${processors.length} cores, ${processors[0]?.model.trim() ?? 'unknown'}, ${formatBytes(totalmem())} memory, ${platform()} ${release()} ${arch()}`,
    Node: process.version,
    ...(own
      ? { PostgreSQL: await describePostgres(own.database), Disk: describeDisk(own.folder) }
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

/** The load average of the last minute, which is to be taken before the bench itself makes load. */
export function describeLoadAverage(): string {
  const [minute = 0] = loadavg();
  const busy =
    minute > QUIET ? '. **Others were using the machine: the figures are worth little**' : '';
  return minute.toFixed(2) + busy;
}

function describeDisk(folder: string): string {
  const { p50, p99 } = measureDiskSync(folder);
  return `8 kB written and kept (fdatasync): p50 ${formatMilliseconds(p50)} ms, p99 ${formatMilliseconds(p99)} ms`;
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

function processorTimes(): { idle: number; all: number } {
  const times = cpus().map((processor) => processor.times);
  const idle = times.reduce((sum, time) => sum + time.idle, 0);
  const busy = times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0);
  return { idle, all: idle + busy };
}
