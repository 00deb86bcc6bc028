import { Body, Delete, Get, Post, Put, Query, type StreamableFile } from '@nestjs/common';
import { type Caller } from '../auth/caller.js';
import { By, Writes } from '../auth/route-access.js';
import { Reads } from '../database/reads.js';
import { Transactions } from '../database/transactions.js';
import { JsonText } from '../http/int64-json.js';
import { Int64Param, NameParam, PathParam } from '../http/path.js';
import { noSuchList, PayloadListService } from '../payload-list/payload-list.service.js';
import { Browse, type RawQuery } from './browse.js';
import { BrowseQuery } from './browse.query.js';
import { ListAttachBody, PayloadListBody } from './cdb-rest.dto.js';
import { DropIn, DropInAnswers } from './drop-in.js';
import { jsonStream, NestedViews } from './nested.js';
import { CountedList, ListRow, NestedList, NumberedList } from './list-rows.dto.js';
import { BROWSE_LISTS, LIST_BY_ID, LIST_BY_NAME, LIST_CREATED } from './views.sql.js';

@DropIn()
export class CdbPayloadListController {
  constructor(
    private readonly reads: Reads,
    private readonly transactions: Transactions,
    private readonly browse: Browse,
    private readonly nested: NestedViews,
    private readonly payloadLists: PayloadListService,
  ) {}

  @Get(['pl', 'payload-lists'])
  @BrowseQuery(BROWSE_LISTS)
  @DropInAnswers({
    summary: 'List payload lists with everything in them',
    description:
      'Every payload of every list: the answer can be very large. Browse mode shows counts instead.',
    is: 'The payload lists, oldest first, each with its payloads.',
    type: NestedList,
    list: true,
    browse: CountedList,
    problems: ['overloaded'],
  })
  async list(@Query() query: RawQuery): Promise<JsonText | StreamableFile> {
    const page = await this.browse.page(BROWSE_LISTS, query, 'name');
    return page ?? jsonStream(await this.nested.lists());
  }

  @Post(['pl', 'payload-lists'])
  @Writes('create')
  @DropInAnswers({
    summary: 'Create a detached payload list',
    description: 'Its name is given by the server; attach it to a global tag afterwards.',
    is: 'The new payload list.',
    type: ListRow,
    problems: ['payload-type-not-found'],
  })
  async create(@By() by: Caller, @Body() body: PayloadListBody): Promise<JsonText> {
    return this.transactions.run(by, async (tx) => {
      const name = await this.payloadLists.create(tx, body.payload_type, body.description);
      return tx.last(LIST_CREATED, [name]);
    });
  }

  @Get(['pl/:id', 'payload-lists/:id'])
  @PathParam('id', 'Number of the payload list.', 1)
  @DropInAnswers({
    summary: 'Show a payload list by its number',
    is: 'The payload list; its global tag and type are numbers.',
    type: NumberedList,
    problems: ['payload-list-not-found'],
  })
  async getById(@Int64Param('id') id: bigint): Promise<JsonText> {
    const row = await this.reads.row<{ body: string }>(LIST_BY_ID, [id]);
    if (row === undefined) throw noSuchList(String(id));
    return new JsonText(row.body);
  }

  @Get('payload-lists/by-name/:name')
  @PathParam('name', 'Name of the payload list.', 'BeamSpot_1')
  @DropInAnswers({
    summary: 'Show a payload list by its name',
    is: 'The payload list, with how much it holds.',
    type: CountedList,
    problems: ['payload-list-not-found'],
  })
  async get(@NameParam('name') name: string): Promise<JsonText> {
    const row = await this.reads.row<{ body: string }>(LIST_BY_NAME, [name]);
    if (row === undefined) throw noSuchList(name);
    return new JsonText(row.body);
  }

  @Put(['pl_attach', 'payload-lists/attach'])
  @Writes('attach', 'replace', 'detach')
  @DropInAnswers({
    summary: 'Attach a payload list to a global tag',
    description:
      'A list of the same type that is in the tag already is detached. A locked tag takes lists of new types only.',
    is: 'The payload list as it is now.',
    type: ListRow,
    problems: [
      'global-tag-not-found',
      'payload-list-not-found',
      'global-tag-locked',
      'global-tag-frozen',
    ],
  })
  async attach(@By() by: Caller, @Body() body: ListAttachBody): Promise<JsonText> {
    return this.transactions.run(by, async (tx) => {
      await this.payloadLists.attach(tx, body.global_tag, body.payload_list);
      return tx.last(LIST_CREATED, [body.payload_list]);
    });
  }

  @Delete(['deletePayloadList/:name', 'payload-lists/:name/delete'])
  @Writes('delete')
  @PathParam('name', 'Name of the payload list.', 'BeamSpot_1')
  @DropInAnswers({
    summary: 'Delete an empty payload list',
    is: 'It is gone.',
    problems: [
      'payload-list-not-found',
      'payload-list-not-empty',
      'global-tag-locked',
      'global-tag-frozen',
    ],
  })
  async delete(@By() by: Caller, @NameParam('name') name: string): Promise<{ detail: string }> {
    await this.transactions.run(by, (tx) => this.payloadLists.delete(tx, name));
    return { detail: `Payload List ${name} deleted.` };
  }
}
