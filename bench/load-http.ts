import { type DropInClient, RefusedRequest } from './drop-in-client.js';
import { formatCount } from './format.js';
import { type Moment, nextMoment } from './moments.js';
import { PayloadWriter } from './payload-writer.js';
import { progress } from './progress.js';
import { type Random, seededRandom } from './random.js';
import { RUNS, SCENARIOS, type Scenario, iovsOf, typeName } from './scenarios.js';

const LARGEST = 20_000;
const CHUNK = 2_000;

/**
 * Creates those small scenarios that a server of unknown database does not have yet, as a client of
 * the drop-in protocol would.
 */
export async function loadHttp(
  client: DropInClient,
  scenarios: readonly Scenario[],
): Promise<void> {
  for (const status of ['unlocked', 'locked', 'frozen']) {
    await unlessThere(client, '/gtstatus', status);
  }
  const writer = new PayloadWriter(client);
  const there = await writer.tags();
  for (const scenario of scenarios) {
    if (there.includes(scenario.tag) || iovsOf(scenario) > LARGEST) continue;
    await load(client, writer, scenario);
  }
}

async function load(
  client: DropInClient,
  writer: PayloadWriter,
  scenario: Scenario,
): Promise<void> {
  progress(`Loading ${scenario.tag} over HTTP: ${formatCount(iovsOf(scenario))} IOVs …`);
  const types = Array.from({ length: scenario.types }, (_, index) => typeName(index));
  for (const type of types) await unlessThere(client, '/pt', type);
  const lists = await writer.createTag(scenario.tag, types);
  const random = seededRandom(SCENARIOS.indexOf(scenario));
  const rows = lists.flatMap((list) =>
    Array.from({ length: scenario.iovsPerList }, (_, number) => {
      const start = startOf(scenario, number, random);
      return { list, url: `${list}_${start.major}_${start.minor}_file.data`, start };
    }),
  );
  for (let at = 0; at < rows.length; at += CHUNK) await writer.bulk(rows.slice(at, at + CHUNK));
}

function startOf({ starts, iovsPerList }: Scenario, number: number, random: Random): Moment {
  if (starts === 'random-moments') return nextMoment('random', random);
  return { major: 0, minor: number * Math.floor(RUNS / iovsPerList) };
}

async function unlessThere(client: DropInClient, path: string, name: string): Promise<void> {
  try {
    await client.text('POST', path, { name });
  } catch (error) {
    if (!(error instanceof RefusedRequest && error.message.includes('already exists'))) throw error;
  }
}
