import { createHash } from 'node:crypto';
import { type Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { type PoolClient } from 'pg';
import Cursor from 'pg-cursor';
import { type Config } from '#config';
import { type IovMode } from '#iov';
import { CONFIG } from '../config.token.js';
import { execute, readOn } from '../database/query.js';
import { Streams } from '../database/streams.js';
import { noSuchTag } from '../global-tag/global-tag.service.js';
import { writeJson } from '../http/int64-json.js';
import { startedStream } from '../http/started-stream.js';
import { EXPORTED_LISTS, EXPORTED_PAYLOADS, EXPORTED_TAG } from './tag-export.sql.js';
import { FORMAT, VERSION } from './tag-file-format.js';

const ROWS_AT_ONCE = 1000;

interface TagRow {
  id: bigint;
  name: string;
  author: string | null;
  description: string | null;
  status: string;
  created: string;
  updated: string;
}

interface ListRow {
  id: bigint;
  name: string;
  description: string | null;
  type: string;
  type_description: string | null;
  payloads: bigint;
}

/** Writes a global tag as a file: JSON, one line after another, with a digest at the end. */
@Injectable()
export class TagExportService {
  constructor(
    private readonly streams: Streams,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * All of it is of one snapshot of the database, read as fast as the client takes it.
   * @throws Problem global-tag-not-found, overloaded
   */
  async stream(name: string): Promise<Readable> {
    const mode = this.config.iovMode;
    const pieces = this.streams.snapshotOfWholeTags((client) =>
      withDigest(tagLines(client, name, mode)),
    );
    const stream = await startedStream(pieces);
    if (stream === undefined) throw noSuchTag(name);
    return stream;
  }
}

async function* tagLines(
  client: PoolClient,
  name: string,
  mode: IovMode,
): AsyncGenerator<string, object> {
  const [tag] = (await execute<TagRow>(client, EXPORTED_TAG, [name])).rows;
  if (tag === undefined) throw noSuchTag(name);
  const lists = (await execute<ListRow>(client, EXPORTED_LISTS, [tag.id])).rows;
  const counts = {
    payload_lists_count: lists.length,
    payload_iov_count: lists.reduce((sum, { payloads }) => sum + payloads, 0n),
  };
  yield line({
    format: FORMAT,
    version: VERSION,
    global_tag: tag.name,
    author: tag.author,
    description: tag.description,
    status: tag.status,
    iov_mode: mode,
    ...counts,
    created: tag.created,
    updated: tag.updated,
  });
  for (const list of lists) {
    yield line({
      payload_list: list.name,
      payload_type: list.type,
      payload_type_description: list.type_description,
      description: list.description,
      payload_iov_count: list.payloads,
    });
    yield* payloadLines(client, list.id);
  }
  return counts;
}

async function* payloadLines(client: PoolClient, list: bigint): AsyncGenerator<string> {
  const cursor = client.query(
    new Cursor<[string]>(EXPORTED_PAYLOADS.text, [list], { rowMode: 'array' }),
  );
  for (;;) {
    const rows = await readOn(client, EXPORTED_PAYLOADS, cursor, ROWS_AT_ONCE);
    if (rows.length === 0) return;
    yield `${rows.map(([row]) => row).join('\n')}\n`;
  }
}

/** The pieces, and what they return with the SHA-256 of them all as the last. */
async function* withDigest(pieces: AsyncGenerator<string, object>): AsyncGenerator<string> {
  const hash = createHash('sha256');
  for (;;) {
    const piece = await pieces.next();
    if (piece.done === true) {
      yield line({ ...piece.value, sha256: hash.digest('hex') });
      return;
    }
    hash.update(piece.value);
    yield piece.value;
  }
}

function line(value: object): string {
  return `${writeJson(value)}\n`;
}
