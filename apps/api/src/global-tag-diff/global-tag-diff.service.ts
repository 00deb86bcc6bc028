import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { type PoolClient } from 'pg';
import { type Config } from '#config';
import { type Moment } from '#iov';
import { CONFIG } from '../config.token.js';
import { Reads } from '../database/reads.js';
import { Streams } from '../database/streams.js';
import { noSuchTag } from '../global-tag/global-tag.service.js';
import { GLOBAL_TAG_ID } from '../global-tag/global-tag.sql.js';
import { startedStream } from '../http/started-stream.js';
import { KnownPayloadTypes } from '../iov-query/known-payload-types.js';
import { DIFFERENCES_AT } from './diff.sql.js';
import { differenceJson, type DifferenceRow, rangedJson } from './difference-json.js';
import { type DiffQuestion, readDifferences, type TypedDifference } from './read-differences.js';

/** What two tags answer differently. */
@Injectable()
export class GlobalTagDiffService {
  constructor(
    private readonly reads: Reads,
    private readonly streams: Streams,
    private readonly payloadTypes: KnownPayloadTypes,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * At one moment, as JSON, by payload type.
   * @throws Problem global-tag-not-found, payload-type-not-found
   */
  async at(
    tags: readonly [string, string],
    { major, minor }: Moment,
    payloadType: string | undefined,
  ): Promise<string[]> {
    const values = [major, minor, this.config.iovMode === 'discrete', payloadType ?? null];
    const rows = await this.reads.rows<DifferenceRow>(DIFFERENCES_AT, [...tags, ...values]);
    if (rows.length === 0) await this.refuseUnknown(tags, payloadType);
    return rows.map(differenceJson);
  }

  /**
   * In a range, the first few, and where the next page begins. It is read wholly before it is sent: no
   * client holds its connection.
   * @throws Problem global-tag-not-found, payload-type-not-found
   */
  async page(
    question: DiffQuestion,
    size: number,
  ): Promise<{ items: string[]; next: TypedDifference | undefined }> {
    await this.payloadTypes.refuseUnknown(question.payloadType);
    const found: TypedDifference[] = [];
    const pieces = this.streams.snapshot((client) => this.read(client, question));
    for await (const some of pieces) {
      found.push(...some);
      if (found.length > size) break;
    }
    const items = found.slice(0, size).map((each) => rangedJson(each, this.config.iovMode));
    return { items, next: found[size] };
  }

  /**
   * All of them, one JSON object a line, read as they are sent.
   * @throws Problem global-tag-not-found, payload-type-not-found, overloaded
   */
  async stream(question: DiffQuestion): Promise<Readable> {
    await this.payloadTypes.refuseUnknown(question.payloadType);
    const lines = this.streams.snapshotOfWholeTags((client) =>
      written(this.read(client, question), this.config.iovMode),
    );
    return (await startedStream(lines)) ?? Readable.from([]);
  }

  private read(client: PoolClient, question: DiffQuestion): AsyncGenerator<TypedDifference[]> {
    return readDifferences(client, question, this.config.iovMode);
  }

  private async refuseUnknown(
    tags: readonly string[],
    payloadType: string | undefined,
  ): Promise<void> {
    for (const tag of tags) {
      if ((await this.reads.row(GLOBAL_TAG_ID, [tag])) === undefined) throw noSuchTag(tag);
    }
    await this.payloadTypes.refuseUnknown(payloadType);
  }
}

async function* written(
  pieces: AsyncIterable<TypedDifference[]>,
  mode: Config['iovMode'],
): AsyncGenerator<string> {
  for await (const some of pieces) {
    if (some.length > 0) yield some.map((each) => `${rangedJson(each, mode)}\n`).join('');
  }
}
