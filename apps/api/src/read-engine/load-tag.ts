import { type ClientBase } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { type IovMode } from '#iov';
import { TimelineBuilder, type TimelineParts } from '#timeline';
import { execute } from '../database/query.js';
import { type TagVersion } from './tag-version.js';
import { copyOfTag, LISTS_OF_TAG, TAG_STATE } from './read-tag.sql.js';

/** A tag as it was at one revision. */
export interface TagState extends TagVersion {
  readonly name: string;
  readonly status: string;
  readonly payloads: bigint;
}

export interface ListRow {
  readonly id: bigint;
  readonly name: string;
  readonly type: string;
}

/** All that a tag answers, as of one revision. */
export interface LoadedTag {
  readonly state: TagState;
  readonly lists: readonly ListRow[];
  readonly parts: TimelineParts;
}

export interface LoadRequest {
  readonly tag: bigint;
  readonly mode: IovMode;
  /** Bytes that loading may take. */
  readonly budget: number;
}

/** What a payload takes at the very least. */
const LEAST_BYTES = 50n;

/** A tag does not fit into the memory it may take. */
export class TooLarge extends Error {
  constructor() {
    super('the tag does not fit into its share of memory');
  }
}

/**
 * Reads a tag from one snapshot of the database; undefined if it is gone.
 * @throws TooLarge
 */
export async function loadTag(
  client: ClientBase,
  { tag, budget }: LoadRequest,
): Promise<LoadedTag | undefined> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const [state] = (await execute<TagState>(client, TAG_STATE, [tag])).rows;
    if (state === undefined) return undefined;
    const lists = (await execute<ListRow>(client, LISTS_OF_TAG, [tag])).rows;
    const builder = new TimelineBuilder(lists.map(({ id, type }) => ({ id, payloadType: type })));
    const reader = builder.copyReader();
    let tooLarge = state.payloads * LEAST_BYTES > budget;
    if (tooLarge) throw new TooLarge();
    for await (const chunk of client.query(copyTo(copyOfTag(tag)))) {
      // Read to the end all the same: the connection is used again.
      if (tooLarge) continue;
      reader.push(chunk as Uint8Array);
      tooLarge = builder.bytes > budget;
    }
    if (tooLarge) throw new TooLarge();
    reader.end();
    return { state, lists, parts: builder.build() };
  } finally {
    await client.query('ROLLBACK');
  }
}
