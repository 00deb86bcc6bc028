import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import { type DatabaseConnection } from '#database';
import { Reads } from '../database/reads.js';
import { type LoadedTag, type LoadRequest, loadTag, TooLarge } from './load-tag.js';

/** From this many payloads on loading would hold up the event loop. */
const LARGE = 20_000n;

/** Loads tags one after the other: small ones here, large ones in a worker thread. */
@Injectable()
export class TagLoader {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly reads: Reads,
    private readonly connection: DatabaseConnection,
  ) {}

  /** @throws TooLarge */
  async load(request: LoadRequest, payloads: bigint): Promise<LoadedTag | undefined> {
    const load = (): Promise<LoadedTag | undefined> =>
      payloads < LARGE
        ? this.reads.withClient((client) => loadTag(client, request))
        : this.inWorker(request);
    const loading = this.turn.then(load, load);
    this.turn = loading.catch(() => undefined);
    return loading;
  }

  private async inWorker(request: LoadRequest): Promise<LoadedTag | undefined> {
    const worker = new Worker(new URL('./load-tag.worker.js', import.meta.url), {
      workerData: { connection: this.connection, request },
    });
    return new Promise((resolve, reject) => {
      worker.once('message', (answer: { loaded?: LoadedTag; tooLarge?: true }) => {
        if (answer.tooLarge === true) reject(new TooLarge());
        else resolve(answer.loaded);
      });
      worker.once('error', reject);
      worker.once('exit', () => {
        reject(new Error('the worker ended without an answer'));
      });
    });
  }
}
