import { Body, Delete, Get, Post, Put, Query, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type Caller } from '../auth/caller.js';
import { By, Writes } from '../auth/route-access.js';
import { containing, readPage } from '../database/page.js';
import { Reads } from '../database/reads.js';
import { Transactions } from '../database/transactions.js';
import { Answers } from '../http/answers.js';
import { JsonText, writeJson } from '../http/int64-json.js';
import { pageAnswer } from '../http/page-answer.js';
import { Native } from '../http/native.js';
import { NameParam, PathParam } from '../http/path.js';
import {
  AttachmentView,
  NewPayloadListBody,
  PayloadListPage,
  PayloadListQuery,
  PayloadListView,
} from './payload-list.dto.js';
import { noSuchList, PayloadListService } from './payload-list.service.js';
import { PAYLOAD_LIST_BY_NAME, PAYLOAD_LISTS } from './payload-list.sql.js';

const BY_NAME = PathParam('name', 'Name of the payload list.', 'BeamSpot_1');
const IN_TAG = PathParam('tag', 'Name of the global tag.', 'DEMO_2026_online');

@Native('Payload lists', 'api/v1')
export class PayloadListController {
  constructor(
    private readonly reads: Reads,
    private readonly transactions: Transactions,
    private readonly lists: PayloadListService,
  ) {}

  @Get('payload-lists')
  @Answers({
    summary: 'List payload lists, detached ones included',
    is: 'A page of payload lists.',
    type: PayloadListPage,
  })
  async list(@Query() query: PayloadListQuery): Promise<JsonText> {
    const page = await readPage(this.reads, PAYLOAD_LISTS, {
      page: query.page,
      pageSize: query.page_size,
      sort: query.sort,
      order: query.order,
      filters: {
        global_tag: query.global_tag,
        payload_type: query.payload_type,
        attached: query.attached,
        search: containing(query.search),
      },
    });
    return pageAnswer(page, query);
  }

  @Post('payload-lists')
  @Writes('create')
  @Answers({
    summary: 'Create a detached payload list',
    description:
      'Its name is given by the server. Inserting into a global tag makes and attaches lists by itself.',
    status: 201,
    is: 'The new payload list.',
    type: PayloadListView,
    location: 'The new payload list.',
    problems: ['payload-type-not-found'],
  })
  async create(
    @By() by: Caller,
    @Body() body: NewPayloadListBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const [name, made] = await this.transactions.run(by, async (tx) => {
      const name = await this.lists.create(tx, body.payload_type, body.description);
      return [name, await tx.json(PAYLOAD_LIST_BY_NAME, [name])] as const;
    });
    reply.header('location', `/api/v1/payload-lists/${encodeURIComponent(name)}`);
    return made;
  }

  @Get('payload-lists/:name')
  @BY_NAME
  @Answers({
    summary: 'Show a payload list',
    is: 'The payload list.',
    type: PayloadListView,
    problems: ['payload-list-not-found'],
  })
  async get(@NameParam('name') name: string): Promise<JsonText> {
    const row = await this.reads.row<{ body: string }>(PAYLOAD_LIST_BY_NAME, [name]);
    if (row === undefined) throw noSuchList(name);
    return new JsonText(row.body);
  }

  @Delete('payload-lists/:name')
  @Writes('delete')
  @BY_NAME
  @Answers({
    summary: 'Delete an empty payload list',
    status: 204,
    is: 'It is gone.',
    problems: [
      'payload-list-not-found',
      'payload-list-not-empty',
      'global-tag-locked',
      'global-tag-frozen',
    ],
  })
  async delete(@By() by: Caller, @NameParam('name') name: string): Promise<void> {
    await this.transactions.run(by, (tx) => this.lists.delete(tx, name));
  }

  @Put('global-tags/:tag/payload-lists/:name')
  @Writes('attach', 'replace', 'detach')
  @IN_TAG
  @BY_NAME
  @Answers({
    summary: 'Attach a payload list to a global tag',
    description:
      'A list of the same type that is in the tag already is detached and named in the answer: ' +
      'attach it again to go back. A locked tag takes lists of new types only.',
    is: 'The list, and those that made room.',
    type: AttachmentView,
    problems: [
      'global-tag-not-found',
      'payload-list-not-found',
      'global-tag-locked',
      'global-tag-frozen',
    ],
  })
  async attach(
    @By() by: Caller,
    @NameParam('tag') tag: string,
    @NameParam('name') name: string,
  ): Promise<JsonText> {
    return this.transactions.run(by, async (tx) => {
      const detached = await this.lists.attach(tx, tag, name);
      const attached = await tx.json(PAYLOAD_LIST_BY_NAME, [name]);
      return new JsonText(`{"attached":${attached.text},"detached":${writeJson(detached)}}`);
    });
  }

  @Delete('global-tags/:tag/payload-lists/:name')
  @Writes('detach')
  @IN_TAG
  @BY_NAME
  @Answers({
    summary: 'Detach a payload list from an unlocked global tag',
    description: 'The list keeps its payloads and can be attached again.',
    status: 204,
    is: 'It is detached.',
    problems: [
      'global-tag-not-found',
      'payload-list-not-found',
      'global-tag-locked',
      'global-tag-frozen',
    ],
  })
  async detach(
    @By() by: Caller,
    @NameParam('tag') tag: string,
    @NameParam('name') name: string,
  ): Promise<void> {
    await this.transactions.run(by, (tx) => this.lists.detach(tx, tag, name));
  }
}
