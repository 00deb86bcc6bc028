import {
  applyDecorators,
  Body,
  Delete,
  Get,
  Param,
  Post,
  Put,
  Query,
  type StreamableFile,
} from '@nestjs/common';
import { ApiBody, ApiExtraModels, getSchemaPath } from '@nestjs/swagger';
import { detachedPayload } from '#auth';
import { type Moment, OPEN_END } from '#iov';
import { type Caller } from '../auth/caller.js';
import { By, Writes } from '../auth/route-access.js';
import { Reads } from '../database/reads.js';
import { Transactions } from '../database/transactions.js';
import { JsonText } from '../http/int64-json.js';
import { checkedName, Int64Param, int64Of, PathParam } from '../http/path.js';
import { noSuchPayload, PayloadIovService } from '../payload-iov/payload-iov.service.js';
import { Browse, type RawQuery } from './browse.js';
import { BrowseQuery } from './browse.query.js';
import { endOf, readBulkRows } from './bulk-rows.js';
import { BulkRow, IovAttachBody, PayloadIovBody } from './cdb-rest.dto.js';
import { DropIn, DropInAnswers } from './drop-in.js';
import { BrowsedIov, BulkOutcome, IovRow } from './iov-rows.dto.js';
import { jsonStream, NestedViews } from './nested.js';
import { BROWSE_IOVS, IOV_BY_ID, STORE_IOV } from './views.sql.js';

const startsAt = (run: number): MethodDecorator =>
  applyDecorators(
    PathParam('gt', 'Name of the global tag.', 'DEMO_2026_online'),
    PathParam('pt', 'Name of the payload type.', 'BeamSpot'),
    PathParam('major', 'Major part of the start.', 0),
    PathParam('minor', 'Minor part of the start.', run),
  );

const DELETE = 'deletePayloadIOV/:gt/:pt/:major/:minor';
const DELETE_ALIAS = 'payload-iovs/:gt/:pt/:major/:minor';

@DropIn()
export class CdbPayloadIovController {
  constructor(
    private readonly reads: Reads,
    private readonly transactions: Transactions,
    private readonly browse: Browse,
    private readonly nested: NestedViews,
    private readonly payloads: PayloadIovService,
  ) {}

  @Get(['piov', 'payload-iovs'])
  @BrowseQuery(BROWSE_IOVS)
  @DropInAnswers({
    summary: 'List all payloads',
    description:
      'Every payload there is, detached ones included: the answer can be very large. Browse mode shows a page.',
    is: 'The payloads, oldest first.',
    type: IovRow,
    list: true,
    browse: BrowsedIov,
    problems: ['overloaded'],
  })
  async list(@Query() query: RawQuery): Promise<JsonText | StreamableFile> {
    const page = await this.browse.page(BROWSE_IOVS, query, 'id');
    return page ?? jsonStream(await this.nested.iovs());
  }

  @Post(['piov', 'payload-iovs'])
  @Writes('create')
  @DropInAnswers({
    summary: 'Store a payload; attach it to a list afterwards',
    is: 'The payload; it belongs to no list yet.',
    type: IovRow,
    problems: ['invalid-interval'],
  })
  async create(@By() by: Caller, @Body() body: PayloadIovBody): Promise<JsonText> {
    const file = {
      payloadUrl: body.payload_url,
      checksum: body.checksum,
      size: body.size ?? null,
      revision: body.revision ?? body.extra ?? null,
    };
    const start = { major: body.major_iov, minor: body.minor_iov };
    const end = endOf(body.major_iov_end, body.minor_iov_end);
    const right = ['create', detachedPayload(file.payloadUrl)] as const;
    const values = this.payloads.storable(file, { start, end });
    return this.transactions.single(by, right, STORE_IOV, values);
  }

  @Get(['piov/:id', 'payload-iovs/:id'])
  @PathParam('id', 'Number of the payload.', 1)
  @DropInAnswers({
    summary: 'Show a payload',
    is: 'The payload.',
    type: IovRow,
    problems: ['payload-not-found'],
  })
  async get(@Int64Param('id') id: bigint): Promise<JsonText> {
    const row = await this.reads.row<{ body: string }>(IOV_BY_ID, [id]);
    if (row === undefined) throw noSuchPayload(id);
    return new JsonText(row.body);
  }

  @Post(['bulk_piov', 'payload-iovs/bulk'])
  @Writes('insert')
  @ApiExtraModels(BulkRow)
  @ApiBody({ schema: { type: 'array', items: { $ref: getSchemaPath(BulkRow) } } })
  @DropInAnswers({
    summary: 'Insert many payloads into their lists, all or none',
    description:
      'A row without an end lasts until the next start in its list and detaches nothing that starts elsewhere; one with an end is inserted as `piov_attach` does.',
    is: 'How many payloads were inserted and detached.',
    type: BulkOutcome,
    problems: [
      'payload-list-not-found',
      'invalid-interval',
      'interval-conflict',
      'global-tag-frozen',
    ],
  })
  async bulk(
    @By() by: Caller,
    @Body() body: unknown,
  ): Promise<{ inserted: number; detached: number }> {
    const rows = await readBulkRows(body);
    if (rows.length === 0) return { inserted: 0, detached: 0 };
    const outcome = await this.transactions.run(by, (tx) =>
      this.payloads.insertIntoLists(tx, rows),
    );
    return { inserted: outcome.added.length, detached: outcome.detachedCount };
  }

  @Put(['piov_attach', 'payload-iovs/attach'])
  @Writes('insert')
  @DropInAnswers({
    summary: 'Insert a stored payload into a payload list',
    description:
      'Every moment of its interval then answers with it, and every other moment as before. In a locked tag only what answers nothing today can be filled, or an open-ended last payload be followed.',
    is: 'The payload as it is now.',
    type: IovRow,
    problems: [
      'payload-not-found',
      'payload-list-not-found',
      'payload-attached',
      'interval-conflict',
      'global-tag-frozen',
    ],
  })
  async attach(@By() by: Caller, @Body() body: IovAttachBody): Promise<JsonText> {
    return this.transactions.run(by, async (tx) => {
      await this.payloads.attach(tx, body.piov_id, body.payload_list);
      return tx.last(IOV_BY_ID, [body.piov_id]);
    });
  }

  @Delete([DELETE, `${DELETE_ALIAS}/delete`])
  @Writes('delete')
  @startsAt(1950)
  @DropInAnswers({
    summary: 'Delete the open-ended payload that starts exactly here',
    is: 'It is gone.',
    problems: [
      'global-tag-not-found',
      'payload-not-found',
      'global-tag-locked',
      'global-tag-frozen',
    ],
  })
  async deleteOpen(@By() by: Caller, @Param() path: IovPath): Promise<{ detail: string }> {
    return this.deleteInterval(by, path, OPEN_END);
  }

  @Delete([`${DELETE}/:major_end/:minor_end`, `${DELETE_ALIAS}/:major_end/:minor_end/delete`])
  @Writes('delete')
  @startsAt(1250)
  @PathParam('major_end', 'Major part of the end.', 0)
  @PathParam('minor_end', 'Minor part of the end.', 1300)
  @DropInAnswers({
    summary: 'Delete the payload that has exactly this interval',
    is: 'It is gone.',
    problems: [
      'global-tag-not-found',
      'payload-not-found',
      'global-tag-locked',
      'global-tag-frozen',
    ],
  })
  async deleteExact(@By() by: Caller, @Param() path: IovPath): Promise<{ detail: string }> {
    return this.deleteInterval(by, path, momentOf(path.major_end, path.minor_end));
  }

  private async deleteInterval(
    by: Caller,
    path: IovPath,
    end: Moment,
  ): Promise<{ detail: string }> {
    const interval = { start: momentOf(path.major, path.minor), end };
    const url = await this.transactions.run(by, (tx) =>
      this.payloads.deleteByInterval(tx, checkedName(path.gt), checkedName(path.pt), interval),
    );
    return { detail: `PayloadIOV ${url} deleted.` };
  }
}

interface IovPath {
  gt: string;
  pt: string;
  major: string;
  minor: string;
  major_end: string;
  minor_end: string;
}

function momentOf(major: string, minor: string): Moment {
  return { major: int64Of(major), minor: int64Of(minor) };
}
