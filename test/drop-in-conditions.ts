import { expect } from '@jest/globals';
import { type HttpClient } from './http-client.js';
import { type JsonObject } from './json.js';

/** Makes conditions as a client of the drop-in protocol does; each step must succeed. */
export class DropInConditions {
  constructor(private readonly dropIn: HttpClient) {}

  async globalTag(name: string, more: JsonObject = {}): Promise<void> {
    await this.post('gt', { name, status: 'unlocked', ...more });
  }

  async payloadType(name: string): Promise<void> {
    await this.post('pt', { name });
  }

  /** A list of a type that exists, attached unless `tag` is absent; returns its name. */
  async payloadList(type: string, tag?: string): Promise<string> {
    const { name } = await this.post('pl', { payload_type: type });
    if (tag !== undefined) await this.put('pl_attach', { global_tag: tag, payload_list: name });
    return String(name);
  }

  /** A tag, and a list of each type; returns the lists' names in the order of the types. */
  async tagWithLists(tag: string, ...types: string[]): Promise<string[]> {
    await this.globalTag(tag);
    const lists: string[] = [];
    for (const type of types) {
      await this.payloadType(type);
      lists.push(await this.payloadList(type, tag));
    }
    return lists;
  }

  /** A stored payload without a list; returns its number. */
  async payload(
    url: string,
    [major, minor]: Moment,
    end?: Moment,
    more: JsonObject = {},
  ): Promise<number> {
    const { id } = await this.post('piov', {
      payload_url: url,
      checksum: `checksum of ${url}`,
      major_iov: major,
      minor_iov: minor,
      ...(end === undefined ? {} : { major_iov_end: end[0], minor_iov_end: end[1] }),
      ...more,
    });
    return id as number;
  }

  /** A payload in a list; returns its number. */
  async inserted(list: string, url: string, start: Moment, end?: Moment): Promise<number> {
    const id = await this.payload(url, start, end);
    await this.put('piov_attach', { payload_list: list, piov_id: id });
    return id;
  }

  async changeStatus(tag: string, status: string): Promise<void> {
    await this.put(`gt_change_status/${tag}/${status}`);
  }

  /** Which payloads `payloadiovs` answers with, by payload type. */
  async valid(tag: string, [major, minor]: Moment): Promise<Record<string, string>> {
    const { status, body } = await this.dropIn.get(
      `payloadiovs/?gtName=${tag}&majorIOV=${major}&minorIOV=${minor}`,
    );
    expect(status).toBe(200);
    return Object.fromEntries(body as [string, string][]);
  }

  private async post(path: string, body: JsonObject): Promise<JsonObject> {
    return succeeded(path, await this.dropIn.post(path, body));
  }

  private async put(path: string, body?: JsonObject): Promise<JsonObject> {
    return succeeded(path, await this.dropIn.put(path, body));
  }
}

export type Moment = readonly [major: number | bigint, minor: number | bigint];

function succeeded(
  path: string,
  answer: { status: number; text: string; body: unknown },
): JsonObject {
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer.body as JsonObject;
}
