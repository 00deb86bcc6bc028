import { Inject, Injectable } from '@nestjs/common';
import { type Config } from '#config';
import { type Moment } from '#iov';
import { CONFIG } from '../config.token.js';
import { Reads } from '../database/reads.js';
import { noSuchTag } from '../global-tag/global-tag.service.js';
import { JsonText } from '../http/int64-json.js';
import { noSuchType } from '../payload-type/payload-type.service.js';
import { PAYLOAD_TYPE_BY_NAME } from '../payload-type/payload-type.sql.js';
import { AnswerMemory } from '../read-engine/answer-memory.js';
import { Timelines } from '../read-engine/timelines.js';
import { RESOLVE_OBJECTS, RESOLVE_ROWS, RESOLVE_TAG } from './iov-query.sql.js';

/** What a tag answers at a moment. */
export interface LatestAnswer {
  /** JSON: bytes from memory, text from PostgreSQL; the same bytes in the end. */
  readonly body: Buffer | string;
  /** Names the state of the tag it was read from, and its shape; undefined for an unknown tag. */
  readonly version?: string;
  /** The status of the tag. */
  readonly status?: string;
  readonly fromMemory: boolean;
}

interface LatestRow {
  body: string;
  /** Tag, revision, status; null for an unknown tag. */
  state: [string, string, string] | null;
}

function versionOf(tag: bigint | string, revision: bigint | string, shape: string): string {
  return `${tag}-${revision}-${shape}`;
}

/** Resolves: which payloads of a global tag are valid at a moment. It only reads. */
@Injectable()
export class IovQueryService {
  constructor(
    private readonly reads: Reads,
    private readonly timelines: Timelines,
    private readonly memory: AnswerMemory,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Per list of the tag the payload with the latest start at or before the moment, whatever its
   * end; an unknown tag has none. One JSON array, sorted by payload type.
   */
  async latest(tag: string, at: Moment, shape: 'rows' | 'dict'): Promise<LatestAnswer> {
    const held = this.timelines.current(tag);
    if (held !== undefined) {
      const { id, revision, status } = held.state;
      const { body } = held.answers.answer(held.timeline, at, shape);
      return { body, version: versionOf(id, revision, shape), status, fromMemory: true };
    }
    const key = `${shape} ${at.major} ${at.minor} ${tag}`;
    const statement = shape === 'rows' ? RESOLVE_ROWS : RESOLVE_OBJECTS;
    const row = await this.memory.share(key, () =>
      this.reads.row<LatestRow>(statement, [tag, at.major, at.minor]),
    );
    const body = row?.body ?? '[]';
    if (row?.state == null) return { body, fromMemory: false };
    const [id, revision, status] = row.state;
    return { body, version: versionOf(id, revision, shape), status, fromMemory: false };
  }

  /**
   * The payloads that are valid at the moment, by payload type, and the types that have none.
   * @throws Problem global-tag-not-found, payload-type-not-found
   */
  async resolve(tag: string, at: Moment, payloadType: string | null): Promise<JsonText> {
    const discrete = this.config.iovMode === 'discrete';
    const row = await this.reads.row<{ body: string; types: bigint }>(RESOLVE_TAG, [
      tag,
      at.major,
      at.minor,
      discrete,
      payloadType,
    ]);
    if (row === undefined) throw noSuchTag(tag);
    if (payloadType !== null && row.types === 0n) await this.refuseUnknownType(payloadType);
    return new JsonText(row.body);
  }

  private async refuseUnknownType(payloadType: string): Promise<void> {
    const type = await this.reads.row(PAYLOAD_TYPE_BY_NAME, [payloadType]);
    if (type === undefined) throw noSuchType(payloadType);
  }
}
