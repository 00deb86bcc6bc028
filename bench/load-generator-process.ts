// Runs in a process of its own, started by load-generator.ts: the clients must not wait for
// whatever else the benchmark does.
import { answerParent, endWithParent } from './companion-process.js';
import { type LoadOrder, type LoadReport } from './load.js';
import { driveHerd } from './load-generator-herd.js';
import { driveReads } from './load-generator-reads.js';
import { readStream } from './load-generator-stream.js';

let seed = 0;

async function obey(order: LoadOrder): Promise<LoadReport> {
  seed += 1;
  try {
    if ('herd' in order) return { herd: await driveHerd(order.herd, seed) };
    if ('stream' in order) return { stream: await readStream(order.stream) };
    return { read: await driveReads(order.read, seed) };
  } catch (error) {
    return { failed: String(error) };
  }
}

process.on('message', (order: LoadOrder) => {
  void obey(order).then(answerParent);
});
endWithParent();
