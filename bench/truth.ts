import { Client, type ClientConfig } from 'pg';
import { parseAnswer } from './drop-in-client.js';
import { type Sample } from './load.js';
import { type Moment } from './moments.js';

/**
 * What the answers should be, worked out another way than any server does it: one pass over all
 * IOVs of the tag on `comb_iov` instead of the pair, no index on starts, no LATERAL, all moments at
 * once. Each IOV is put between the two moments its start lies between; of each list the latest in
 * each gap answers all moments after it until a later gap has one.
 */
const LATEST_START_IN_EACH_GAP = `
WITH latest AS (
  SELECT iov.payload_list_id, width_bucket(iov.comb_iov, $2::numeric[]) AS gap,
         max(iov.comb_iov) AS comb_iov
  FROM "PayloadIOV" iov
  JOIN "PayloadList" list ON list.id = iov.payload_list_id
  JOIN "GlobalTag" tag ON tag.id = list.global_tag_id
  WHERE tag.name = $1
  GROUP BY 1, 2
)
SELECT latest.gap, type.name AS type, ARRAY[type.name, payload_url, checksum, size::text,
       major_iov::text, minor_iov::text, major_iov_end::text, minor_iov_end::text, extra] AS row
FROM latest
JOIN "PayloadIOV" iov USING (payload_list_id, comb_iov)
JOIN "PayloadList" list ON list.id = latest.payload_list_id
JOIN "PayloadType" type ON type.id = list.payload_type_id
ORDER BY latest.gap`;

interface Start {
  readonly gap: number;
  readonly type: string;
  readonly row: readonly (string | null)[];
}

type Row = Start['row'];

/**
 * Compares answers with what the stored IOVs say.
 *
 * @returns one sentence per wrong answer
 */
export const wrongAnswers = (
  connection: ClientConfig,
  tag: string,
  samples: readonly Sample[],
): Promise<string[]> => differing(connection, tag, samples, (row) => row);

/**
 * As {@link wrongAnswers}, but only which payload each type has: that stays as it is where payloads
 * inserted elsewhere split the interval of another.
 */
export const wrongUrls = (
  connection: ClientConfig,
  tag: string,
  samples: readonly Sample[],
): Promise<string[]> => differing(connection, tag, samples, (row) => row.slice(0, 2));

async function differing(
  connection: ClientConfig,
  tag: string,
  samples: readonly Sample[],
  compared: (row: Row) => Row,
): Promise<string[]> {
  const truths = await trueAnswers(
    connection,
    tag,
    samples.map(({ moment }) => moment),
  );
  return samples.flatMap(({ moment, body }) =>
    canonical(parseAnswer(body), compared) === canonical(truths.get(moment), compared)
      ? []
      : [`${tag} at (${moment.major}, ${moment.minor}) is wrong: ${body.slice(0, 200)}`],
  );
}

async function trueAnswers(
  connection: ClientConfig,
  tag: string,
  moments: readonly Moment[],
): Promise<Map<Moment, Row[]>> {
  const ordered = moments.toSorted((a, b) => a.major - b.major || a.minor - b.minor);
  const client = new Client(connection);
  await client.connect();
  try {
    const { rows } = await client.query<Start>(LATEST_START_IN_EACH_GAP, [
      tag,
      ordered.map(justAfter),
    ]);
    const current = new Map<string, Row>();
    let next = 0;
    return new Map(
      ordered.map((moment, gap) => {
        for (let start = rows[next]; start && start.gap <= gap; start = rows[next]) {
          current.set(start.type, start.row);
          next += 1;
        }
        return [moment, [...current.values()]];
      }),
    );
  } finally {
    await client.end();
  }
}

/** comb_iov of the moment plus half of its last decimal: a start at the moment itself counts. */
const justAfter = ({ major, minor }: Moment): string =>
  `${major}.${String(minor).padStart(19, '0')}5`;

const canonical = (rows: unknown, compared: (row: Row) => Row): string =>
  Array.isArray(rows)
    ? rows
        .map((row: Row) => JSON.stringify(compared(row)))
        .sort()
        .join()
    : 'not a list';
