import { setImmediate as otherRequests } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { globalTag, payloadType, typeInTag } from '#auth';
import { type Config } from '#config';
import { Problem } from '#problems';
import { type Caller } from '../auth/caller.js';
import { CONFIG } from '../config.token.js';
import { LongTransactions, type LongTx } from '../database/long-transactions.js';
import { GlobalTagService } from '../global-tag/global-tag.service.js';
import { GLOBAL_TAG_BY_NAME, GLOBAL_TAG_ID } from '../global-tag/global-tag.sql.js';
import { type JsonText } from '../http/int64-json.js';
import { nameError } from '../http/names.js';
import { invalidRequest } from '../http/validation.js';
import { linesOf } from './file-lines.js';
import { copyRow } from './payload-rows.js';
import { type FileHeader, type FileList } from './tag-file-format.js';
import { type FileItem, TagFileReader } from './tag-file-reader.js';
import {
  ADD_LIST,
  ADD_PAYLOAD_TYPE,
  ATTACH_LISTS,
  CHECK_AT_ONCE,
  COPY_PAYLOADS,
  PAYLOAD_TYPE_ID,
} from './tag-import.sql.js';

/** Rows that go to the database together: a megabyte or two. */
const ROWS_AT_ONCE = 10_000;
/** Lines that are read before other requests get their turn. */
const LINES_AT_ONCE = 500;

export interface ImportRequest {
  readonly name: string;
  /** Of the new tag; undefined: as in the file. */
  readonly status: string | undefined;
}

/** Makes a global tag of a file that an export has written. */
@Injectable()
export class TagImportService {
  constructor(
    private readonly transactions: LongTransactions,
    private readonly globalTags: GlobalTagService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * All or nothing, in one transaction: until the digest is found right nobody sees any of it.
   * @throws Problem global-tag-exists, status-not-found, iov-mode-differs, invalid-request,
   *   malformed-body, overloaded
   */
  async import(by: Caller, request: ImportRequest, body: AsyncIterable<Buffer>): Promise<JsonText> {
    refuseName('name', request.name);
    by.demand('create', globalTag(request.name));
    return this.transactions.run(by, async (tx) => {
      tx.demand('create', globalTag(request.name));
      const taken = await tx.rows(GLOBAL_TAG_ID, [request.name]);
      if (taken.length > 0) throw tagExists();
      await tx.count(CHECK_AT_ONCE);
      const { header, lists } = await this.pour(tx, request.name, body);
      await this.globalTags.create(tx, {
        name: request.name,
        status: request.status ?? header.status,
        author: header.author,
        description: header.description,
      });
      await tx.count(ATTACH_LISTS, [await this.globalTags.idOf(tx, request.name), lists]);
      return tx.json(GLOBAL_TAG_BY_NAME, [request.name]);
    });
  }

  /** Reads the file to its end, and writes its payloads into lists that belong to no tag. */
  private async pour(
    tx: LongTx,
    name: string,
    body: AsyncIterable<Buffer>,
  ): Promise<{ header: FileHeader; lists: bigint[] }> {
    const reader = new TagFileReader();
    const rows = new PouredRows(tx);
    const lists: bigint[] = [];
    let header: FileHeader | undefined;
    try {
      for await (const lines of linesOf(body)) {
        for (const [index, line] of lines.entries()) {
          if (index % LINES_AT_ONCE === LINES_AT_ONCE - 1) await otherRequests();
          const item: FileItem = reader.read(line);
          if (item.kind === 'payload') {
            if (rows.add(copyRow(lists.at(-1) ?? 0n, item.payload, item.interval))) {
              await rows.pour();
            }
          } else if (item.kind === 'list') {
            await rows.pour();
            await rows.poured();
            lists.push(await addList(tx, name, item.list));
          } else if (item.kind === 'header') {
            header = item.header;
            this.refuseOtherMode(header);
          }
        }
      }
      reader.finish();
      await rows.pour();
      await rows.poured();
    } finally {
      // The connection is used again: nothing may be under way on it.
      await rows.poured().catch(() => undefined);
    }
    return { header: header as FileHeader, lists };
  }

  private refuseOtherMode({ iov_mode: mode }: FileHeader): void {
    if (mode === this.config.iovMode) return;
    throw new Problem(
      'iov-mode-differs',
      `The intervals of the file are of the mode "${mode}", those of this server of "${this.config.iovMode}": ` +
        'their ends mean something else.',
    );
  }
}

/** Rows on their way: while some are written, the next are read. */
class PouredRows {
  private waiting: string[] = [];
  private onTheWay: Promise<void> = Promise.resolve();

  constructor(private readonly tx: LongTx) {}

  /** @returns whether it is time to pour */
  add(row: string): boolean {
    return this.waiting.push(row) >= ROWS_AT_ONCE;
  }

  /** Waits for those before, then sends those that wait. */
  async pour(): Promise<void> {
    await this.onTheWay;
    if (this.waiting.length === 0) return;
    this.onTheWay = this.tx.copy(COPY_PAYLOADS, this.waiting.join(''));
    // Whoever pours next is told what went wrong.
    this.onTheWay.catch(() => undefined);
    this.waiting = [];
  }

  async poured(): Promise<void> {
    await this.onTheWay;
  }
}

async function addList(tx: LongTx, tag: string, list: FileList): Promise<bigint> {
  const { payload_type: type, payload_type_description, description } = list;
  tx.demand('insert', typeInTag(type, tag));
  tx.demand('attach', typeInTag(type, tag));
  let [known] = await tx.rows<{ id: bigint }>(PAYLOAD_TYPE_ID, [type]);
  if (known === undefined) {
    tx.demand('create', payloadType(type));
    refuseName('payload_type', type);
    await tx.count(ADD_PAYLOAD_TYPE, [type, payload_type_description]);
    [known] = await tx.rows<{ id: bigint }>(PAYLOAD_TYPE_ID, [type]);
  }
  const [made] = await tx.rows<{ id: bigint }>(ADD_LIST, [known?.id, type, description]);
  return (made as { id: bigint }).id;
}

/** @throws Problem invalid-request for a name that nothing new may have */
function refuseName(field: string, name: string): void {
  const message = nameError(name);
  if (message !== undefined) throw invalidRequest([{ field, message }]);
}

function tagExists(): Problem {
  const message = 'global tag with this name already exists.';
  return new Problem('global-tag-exists', message, [{ field: 'name', message }]);
}
