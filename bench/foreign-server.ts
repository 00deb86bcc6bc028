import { DISPOSABLE } from './bench.js';
import { type DropInClient } from './drop-in-client.js';
import { type Origin } from './load.js';
import { loadHttp } from './load-http.js';
import { type Options } from './options.js';
import { PayloadWriter } from './payload-writer.js';
import { progress } from './progress.js';
import { type Scenario } from './scenarios.js';

/** @throws Error if `--url` is not of a plain HTTP server */
export function originOf(url: URL | undefined): Origin {
  if (url?.protocol !== 'http:') throw new Error('--url takes http://host:port.');
  return { host: url.hostname, port: Number(url.port || 80) };
}

/**
 * Tidies and fills a server whose database is not ours.
 *
 * @returns the scenarios that are there
 */
export async function prepareForeign(
  client: DropInClient,
  { scenarios, loadHttp: load }: Options,
): Promise<Scenario[]> {
  const writer = new PayloadWriter(client);
  for (const tag of await writer.tags()) {
    if (tag.startsWith(DISPOSABLE)) await writer.deleteTag(tag);
  }
  if (load) await loadHttp(client, scenarios);
  const tags = await writer.tags();
  const there = scenarios.filter(({ tag }) => tags.includes(tag));
  if (there.length === 0) throw new Error('None of the scenarios is there; try --load-http.');
  const missing = scenarios.filter(({ tag }) => !tags.includes(tag));
  if (missing.length > 0) {
    progress(`Left out, since they are not there: ${missing.map(({ tag }) => tag).join(', ')}`);
  }
  return there;
}
