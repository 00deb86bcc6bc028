import { Body, Delete, Get, Patch, Post, Query, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type Caller } from '../auth/caller.js';
import { By, Writes } from '../auth/route-access.js';
import { containing, readPage } from '../database/page.js';
import { Reads } from '../database/reads.js';
import { Transactions } from '../database/transactions.js';
import { Answers } from '../http/answers.js';
import { JsonText } from '../http/int64-json.js';
import { pageAnswer } from '../http/page-answer.js';
import { Native } from '../http/native.js';
import { NameParam, PathParam } from '../http/path.js';
import {
  CloneBody,
  GlobalTagChangeBody,
  GlobalTagPage,
  GlobalTagQuery,
  GlobalTagView,
  NewGlobalTagBody,
} from './global-tag.dto.js';
import { GlobalTagService, noSuchTag } from './global-tag.service.js';
import { GLOBAL_TAG_BY_NAME, GLOBAL_TAGS } from './global-tag.sql.js';

const BY_NAME = PathParam('name', 'Name of the global tag.', 'DEMO_2026_online');

@Native('Global tags', 'api/v1/global-tags')
export class GlobalTagController {
  constructor(
    private readonly reads: Reads,
    private readonly transactions: Transactions,
    private readonly globalTags: GlobalTagService,
  ) {}

  @Get()
  @Answers({
    summary: 'List global tags',
    is: 'A page of global tags, with how much they hold.',
    type: GlobalTagPage,
  })
  async list(@Query() query: GlobalTagQuery): Promise<JsonText> {
    const page = await readPage(this.reads, GLOBAL_TAGS, {
      page: query.page,
      pageSize: query.page_size,
      sort: query.sort,
      order: query.order,
      filters: { status: query.status, search: containing(query.search) },
    });
    return pageAnswer(page, query);
  }

  @Post()
  @Writes('create', 'lock', 'freeze')
  @Answers({
    summary: 'Create an empty global tag',
    status: 201,
    is: 'The new global tag.',
    type: GlobalTagView,
    location: 'The new global tag.',
    problems: ['global-tag-exists', 'status-not-found'],
  })
  async create(
    @By() by: Caller,
    @Body() body: NewGlobalTagBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const made = await this.transactions.run(by, async (tx) => {
      await this.globalTags.create(tx, body);
      return tx.last(GLOBAL_TAG_BY_NAME, [body.name]);
    });
    reply.header('location', location(body.name));
    return made;
  }

  @Get(':name')
  @BY_NAME
  @Answers({
    summary: 'Show a global tag',
    is: 'The global tag, with how much it holds.',
    type: GlobalTagView,
    problems: ['global-tag-not-found'],
  })
  async get(@NameParam('name') name: string): Promise<JsonText> {
    const row = await this.reads.row<{ body: string }>(GLOBAL_TAG_BY_NAME, [name]);
    if (row === undefined) throw noSuchTag(name);
    return new JsonText(row.body);
  }

  @Patch(':name')
  @Writes('describe', 'lock', 'unlock', 'freeze', 'thaw')
  @BY_NAME
  @Answers({
    summary: 'Lock, freeze, unlock or describe a global tag',
    description:
      'What is absent stays as it is. A frozen tag stays frozen, unless the operator allows thawing.',
    is: 'The global tag as it is now.',
    type: GlobalTagView,
    problems: ['global-tag-not-found', 'status-not-found', 'global-tag-frozen', 'thaw-not-allowed'],
  })
  async change(
    @By() by: Caller,
    @NameParam('name') name: string,
    @Body() body: GlobalTagChangeBody,
  ): Promise<JsonText> {
    return this.transactions.run(by, async (tx) => {
      await this.globalTags.change(tx, name, body);
      return tx.last(GLOBAL_TAG_BY_NAME, [name]);
    });
  }

  @Delete(':name')
  @Writes('delete')
  @BY_NAME
  @Answers({
    summary: 'Delete an unlocked global tag with all its lists and payloads',
    status: 204,
    is: 'It is gone.',
    problems: ['global-tag-not-found', 'global-tag-locked', 'global-tag-frozen'],
  })
  async delete(@By() by: Caller, @NameParam('name') name: string): Promise<void> {
    await this.transactions.run(by, (tx) => this.globalTags.delete(tx, name));
  }

  @Post(':name/clone')
  @Writes('clone')
  @BY_NAME
  @Answers({
    summary: 'Copy a global tag with all its lists and payloads',
    description: 'The copy is unlocked, whatever the status of the original.',
    status: 201,
    is: 'The copy.',
    type: GlobalTagView,
    location: 'The copy.',
    problems: ['global-tag-not-found', 'global-tag-exists'],
  })
  async clone(
    @By() by: Caller,
    @NameParam('name') name: string,
    @Body() body: CloneBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const made = await this.transactions.run(by, async (tx) => {
      await this.globalTags.clone(tx, name, body);
      return tx.last(GLOBAL_TAG_BY_NAME, [body.name]);
    });
    reply.header('location', location(body.name));
    return made;
  }
}

function location(name: string): string {
  return `/api/v1/global-tags/${encodeURIComponent(name)}`;
}
