import { type Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import { type PoolClient } from 'pg';
import Cursor from 'pg-cursor';
import { execute, readOn, type Statement } from '../database/query.js';
import { Streams } from '../database/streams.js';
import { startedStream } from '../http/started-stream.js';
import { ALL_IOVS, NESTED_IOVS, NESTED_LISTS, NESTED_TAGS } from './views.sql.js';

interface Outer {
  id: bigint;
  /** JSON objects: what stands before and after the inner part. */
  head: string;
  foot: string;
}

const ROWS_AT_ONCE = 1000;

/**
 * Streams the nested views: they can be gigabytes, so that they are read by cursor, as fast as the
 * client takes them, from one snapshot of the database.
 */
@Injectable()
export class NestedViews {
  constructor(private readonly streams: Streams) {}

  /** The nested tag, or undefined if there is none. */
  async tag(which: { name: string } | { id: bigint }): Promise<Readable | undefined> {
    const key = 'name' in which ? [which.name, null] : [null, which.id];
    return this.stream(async function* (client) {
      const [tag] = (await execute<Outer>(client, NESTED_TAGS, key)).rows;
      if (tag !== undefined) yield* nestedTag(client, tag);
    });
  }

  async tags(): Promise<Readable> {
    return (await this.stream(async function* (client) {
      const { rows } = await execute<Outer>(client, NESTED_TAGS, [null, null]);
      yield* array(rows, (tag) => nestedTag(client, tag));
    })) as Readable;
  }

  async lists(): Promise<Readable> {
    return (await this.stream(async function* (client) {
      const { rows } = await execute<Outer>(client, NESTED_LISTS, [null]);
      yield* array(rows, (list) => nestedList(client, list));
    })) as Readable;
  }

  async iovs(): Promise<Readable> {
    return (await this.stream(async function* (client) {
      yield '[';
      yield* rowsOf(client, ALL_IOVS, []);
      yield ']';
    })) as Readable;
  }

  private async stream(
    write: (client: PoolClient) => AsyncGenerator<string>,
  ): Promise<Readable | undefined> {
    return startedStream(this.streams.snapshot(write));
  }
}

/** A stream as the answer of a route. */
export function jsonStream(stream: Readable): StreamableFile {
  return new StreamableFile(stream, { type: 'application/json; charset=utf-8' });
}

async function* nestedTag(client: PoolClient, tag: Outer): AsyncGenerator<string> {
  const { rows } = await execute<Outer>(client, NESTED_LISTS, [tag.id]);
  yield `${tag.head.slice(0, -1)},"payload_lists":`;
  yield* array(rows, (list) => nestedList(client, list));
  yield `,${tag.foot.slice(1)}`;
}

async function* nestedList(client: PoolClient, list: Outer): AsyncGenerator<string> {
  yield `${list.head.slice(0, -1)},"payload_iov":[`;
  yield* rowsOf(client, NESTED_IOVS, [list.id]);
  yield `],${list.foot.slice(1)}`;
}

async function* array(
  items: readonly Outer[],
  write: (item: Outer) => AsyncGenerator<string>,
): AsyncGenerator<string> {
  let separator = '[';
  for (const item of items) {
    yield separator;
    yield* write(item);
    separator = ',';
  }
  yield items.length === 0 ? '[]' : ']';
}

async function* rowsOf(
  client: PoolClient,
  statement: Statement,
  values: unknown[],
): AsyncGenerator<string> {
  const cursor = client.query(new Cursor<[string]>(statement.text, values, { rowMode: 'array' }));
  // It is not closed where it is left before its end, as its connection is.
  for (let separator = ''; ; separator = ',') {
    const rows = await readOn(client, statement, cursor, ROWS_AT_ONCE);
    if (rows.length === 0) return;
    yield separator + rows.map(([row]) => row).join(',');
  }
}
