import { type Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { type Config } from '#config';
import { type Moment } from '#iov';
import { CONFIG } from '../config.token.js';
import { Streams } from '../database/streams.js';
import { startedStream } from '../http/started-stream.js';
import { type MaybeStale } from '../http/versioned-answer.js';
import { Timelines } from '../read-engine/timelines.js';
import { KnownPayloadTypes } from './known-payload-types.js';
import { heldMoments, readMoments } from './moment-sources.js';
import { equalMoments, type MomentSource } from './moment-states.js';
import { momentJson, windowJson } from './resolved-json.js';

/** How many answers are written at once. */
const ANSWERS_AT_ONCE = 16;

/** Resolves many moments of a tag at once, as of one state of the tag. */
@Injectable()
export class ResolveBatchService {
  constructor(
    private readonly timelines: Timelines,
    private readonly streams: Streams,
    private readonly payloadTypes: KnownPayloadTypes,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * JSON text: each answer once, with the moments that have it. It is written as it is sent, so
   * that answers that are all different do not fill the memory.
   * @throws Problem global-tag-not-found, payload-type-not-found
   */
  async resolve(
    tag: string,
    moments: readonly Moment[],
    payloadType?: string,
  ): Promise<MaybeStale<Readable>> {
    const stale = this.timelines.stranded(tag);
    if (stale === undefined) await this.payloadTypes.refuseUnknown(payloadType);
    const mode = this.config.iovMode;
    const question = { tag, payloadType, mode };
    const write = (source: MomentSource): AsyncGenerator<string> =>
      answersJson(tag, source, moments, mode);
    const held = stale?.shown ?? this.timelines.current(tag) ?? (await this.timelines.soon(tag));
    const pieces =
      held === undefined
        ? this.streams.snapshot((client) => write(readMoments(client, question)))
        : write(heldMoments(held, question));
    return { shown: (await startedStream(pieces)) as Readable, staleMs: stale?.staleMs };
  }
}

async function* answersJson(
  tag: string,
  source: MomentSource,
  moments: readonly Moment[],
  mode: Config['iovMode'],
): AsyncGenerator<string> {
  const groups = await equalMoments(source, moments, mode);
  yield `{"global_tag":${JSON.stringify(tag)},"answers":[`;
  for (let next = 0; next < groups.length; next += ANSWERS_AT_ONCE) {
    const some = groups.slice(next, next + ANSWERS_AT_ONCE);
    const cores = await source.cores(some.flatMap((group) => group.moments[0] ?? []));
    const answers = some.map(
      (group, i) =>
        `{"moments":[${group.moments.map(momentJson).join(',')}],` +
        `"windows":[${group.windows.map(windowJson).join(',')}],${cores[i] ?? ''}}`,
    );
    yield (next === 0 ? '' : ',') + answers.join(',');
  }
  yield ']}';
}
