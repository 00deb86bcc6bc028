import { compareMoments, type Moment } from '#iov';
import { Failure } from '../failure.js';
import { type ApiClient } from '../http/api-client.js';
import { path } from '../http/api-path.js';
import { dictionary, list, object } from '../http/shape.js';
import { ResolvedPayload } from '../commands/payload.js';
import { momentText, MomentShape } from '../moment-text.js';
import { type NewPayload } from './new-payload.js';

const Answers = object({
  answers: list(object({ moments: list(MomentShape), payloads: dictionary(ResolvedPayload) })),
});

/**
 * Asks the server what it answers where each payload starts, and compares it with what was sent.
 * @throws Failure naming what is not as it should be
 */
export async function readBack(
  api: ApiClient,
  tag: string,
  inserted: readonly NewPayload[],
): Promise<void> {
  const types = new Set(inserted.map(({ payload_type }) => payload_type));
  const wrong: string[] = [];
  for (const type of types) {
    const payloads = inserted.filter(({ payload_type }) => payload_type === type);
    const moments = payloads.map(({ from }) => from);
    const body = { payload_type: type, moments };
    const { answers } = await api.query(path`global-tags/${tag}/payloads/at`, body, Answers);
    const found = new Map(
      answers.flatMap((answer) =>
        answer.moments.map((moment) => [momentText(moment), answer.payloads[type]] as const),
      ),
    );
    for (const moment of moments) {
      const wanted = lastAt(payloads, moment);
      const answered = found.get(momentText(moment));
      if (wanted === undefined || (answered !== undefined && isThat(answered, wanted))) continue;
      wrong.push(
        `${type} at ${momentText(moment)}: ${answered?.payload_url ?? 'nothing'} instead of ${wanted.payload_url}`,
      );
    }
  }
  if (wrong.length > 0) {
    throw new Failure(
      'notAsPromised',
      'The payloads were inserted, but the server answers otherwise now; somebody may have changed the tag meanwhile.',
      'read-back',
      wrong,
    );
  }
}

function isThat(
  answered: { payload_url: string; checksum: string; size: bigint | null },
  { payload_url, checksum, size }: NewPayload,
): boolean {
  return (
    answered.payload_url === payload_url &&
    answered.checksum === checksum &&
    answered.size === (size ?? null)
  );
}

/** Of payloads that overlap in one request the last counts; undefined if one ends just there. */
function lastAt(payloads: readonly NewPayload[], moment: Moment): NewPayload | undefined {
  for (const payload of payloads.toReversed()) {
    const { from, until } = payload;
    const start = compareMoments(from, moment);
    if (start === 0) return payload;
    if (start > 0 || until === 'next') continue;
    if (until === 'open') return payload;
    const end = compareMoments(until, moment);
    if (end > 0) return payload;
    // Whether the end is inside depends on the mode of the server.
    if (end === 0) return undefined;
  }
  return undefined;
}
