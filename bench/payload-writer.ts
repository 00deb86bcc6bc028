import { type DropInClient } from './drop-in-client.js';
import { type Moment } from './moments.js';

/** A payload to be inserted; without `end` it lasts for ever. */
export interface NewPayload {
  readonly url: string;
  readonly start: Moment;
  readonly end?: Moment;
}

/** Writes as the clients of the drop-in protocol do. */
export class PayloadWriter {
  readonly #client: DropInClient;

  constructor(client: DropInClient) {
    this.#client = client;
  }

  /** Makes a global tag with one list of each type. @returns the names of the lists */
  async createTag(tag: string, types: readonly string[]): Promise<string[]> {
    await this.#client.text('POST', '/gt', { name: tag, status: 'unlocked', author: 'bench' });
    const lists: string[] = [];
    for (const type of types) {
      const list = field(await this.#client.json('POST', '/pl', { payload_type: type }), 'name');
      await this.#client.text('PUT', '/pl_attach', { global_tag: tag, payload_list: list });
      lists.push(list);
    }
    return lists;
  }

  /** The names of the payload lists of a tag, by payload type. */
  async listsOf(tag: string): Promise<Record<string, string>> {
    return (await this.#client.json('GET', `/gtPayloadLists/${tag}`)) as Record<string, string>;
  }

  /** Creates one payload and attaches it: two requests. */
  async insert(list: string, { url, start, end }: NewPayload): Promise<void> {
    const created = await this.#client.json('POST', '/piov', {
      ...row(url, start),
      ...(end && { major_iov_end: end.major, minor_iov_end: end.minor }),
    });
    await this.#client.text('PUT', '/piov_attach', {
      payload_list: list,
      piov_id: Number(field(created, 'id')),
    });
  }

  /** Adds many open-ended payloads in one request. */
  async bulk(payloads: readonly { list: string; url: string; start: Moment }[]): Promise<void> {
    await this.#client.text(
      'POST',
      '/bulk_piov',
      payloads.map(({ list, url, start }) => ({ ...row(url, start), payload_list: list })),
    );
  }

  async clone(from: string, to: string): Promise<void> {
    await this.#client.text('POST', `/cloneGlobalTag/${from}/${to}`);
  }

  async countIovs(tag: string): Promise<number> {
    const light = await this.#client.json('GET', `/globalTag/${tag}?light=1`);
    return Number(field(light, 'payload_iov_count'));
  }

  /** The names of all global tags. */
  async tags(): Promise<string[]> {
    const tags = await this.#client.json('GET', '/globalTags');
    return Array.isArray(tags) ? tags.map((tag) => field(tag, 'name')) : [];
  }

  /** Does something with tags of ours and removes them, also if it fails. */
  async disposing<T>(tags: readonly string[], use: () => Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await use();
    } catch (error) {
      // What failed first is the news; the tags may not even be there.
      for (const tag of tags) await this.deleteTag(tag).catch(() => undefined);
      throw error;
    }
    for (const tag of tags) await this.deleteTag(tag);
    return result;
  }

  async deleteTag(tag: string): Promise<void> {
    await this.#client.text('DELETE', `/deleteGlobalTag/${tag}`);
  }
}

const row = (url: string, { major, minor }: Moment): Record<string, string | number> => ({
  payload_url: url,
  checksum: 'd41d8cd98f00b204e9800998ecf8427e',
  major_iov: major,
  minor_iov: minor,
});

function field(answer: unknown, name: string): string {
  if (typeof answer === 'object' && answer && name in answer) {
    return String((answer as Record<string, unknown>)[name]);
  }
  throw new Error(`The answer has no "${name}": ${JSON.stringify(answer).slice(0, 200)}`);
}
