import { Injectable } from '@nestjs/common';
import { INT64_MAX } from '#iov';
import { Reads } from '../database/reads.js';
import { GLOBAL_TAG_ID } from '../global-tag/global-tag.sql.js';
import { noSuchTag } from '../global-tag/global-tag.service.js';
import { JsonText, writeJson } from '../http/int64-json.js';
import { pathAfter, readMark } from '../http/page-mark.js';
import { noSuchList } from '../payload-list/payload-list.service.js';
import { PAYLOAD_LIST_BY_NAME } from '../payload-list/payload-list.sql.js';
import { type PayloadQuery } from './payload-iov.dto.js';
import {
  COUNT_PAYLOADS_OF_LIST,
  COUNT_PAYLOADS_OF_TAG,
  PAYLOADS_OF_LIST,
  PAYLOADS_OF_TAG,
} from './payload-iov.sql.js';

/** Reads the payloads of a tag or a list, page by page in the order of their starts. */
@Injectable()
export class PayloadPages {
  constructor(private readonly reads: Reads) {}

  /** @throws Problem global-tag-not-found */
  async ofTag(name: string, query: PayloadQuery): Promise<JsonText> {
    if ((await this.reads.row(GLOBAL_TAG_ID, [name])) === undefined) throw noSuchTag(name);
    const path = `/api/v1/global-tags/${encodeURIComponent(name)}/payloads`;
    return this.read(PAYLOADS_OF_TAG, COUNT_PAYLOADS_OF_TAG, name, query, path);
  }

  /** @throws Problem payload-list-not-found */
  async ofList(name: string, query: PayloadQuery): Promise<JsonText> {
    if ((await this.reads.row(PAYLOAD_LIST_BY_NAME, [name])) === undefined) throw noSuchList(name);
    const path = `/api/v1/payload-lists/${encodeURIComponent(name)}/payloads`;
    return this.read(PAYLOADS_OF_LIST, COUNT_PAYLOADS_OF_LIST, name, query, path);
  }

  private async read(
    page: typeof PAYLOADS_OF_TAG,
    count: typeof COUNT_PAYLOADS_OF_TAG,
    name: string,
    query: PayloadQuery,
    path: string,
  ): Promise<JsonText> {
    const scope = [name, query.payload_type ?? null];
    const from = [query.from_major ?? 0n, query.from_minor ?? 0n];
    const to = [query.to_major ?? INT64_MAX, query.to_minor ?? INT64_MAX];
    const seen = query.after === undefined ? [...from, -1n] : readMark(query.after);
    const [rows, total] = await Promise.all([
      this.reads.row<{ items: string; last: string | null }>(page, [
        ...scope,
        ...seen,
        ...to,
        query.page_size,
      ]),
      this.reads.row<{ total: bigint; unseen: bigint }>(count, [...scope, ...from, ...to, ...seen]),
    ]);
    const last = rows?.last ?? null;
    const more = (total?.unseen ?? 0n) > BigInt(query.page_size);
    const next =
      more && last !== null ? pathAfter(path, query, JSON.parse(last) as string[]) : null;
    const rest = { total: total?.total ?? 0n, page_size: query.page_size, next };
    return new JsonText(`{"items":${rows?.items ?? '[]'},${writeJson(rest).slice(1)}`);
  }
}
