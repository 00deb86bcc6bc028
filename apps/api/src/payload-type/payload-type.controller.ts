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
  NewPayloadType,
  PayloadTypeChange,
  PayloadTypePage,
  PayloadTypeQuery,
  PayloadTypeView,
} from './payload-type.dto.js';
import { noSuchType, PayloadTypeService } from './payload-type.service.js';
import { PAYLOAD_TYPE_BY_NAME, PAYLOAD_TYPES } from './payload-type.sql.js';

const BY_NAME = PathParam('name', 'Name of the payload type.', 'BeamSpot');

@Native('Payload types', 'api/v1/payload-types')
export class PayloadTypeController {
  constructor(
    private readonly reads: Reads,
    private readonly transactions: Transactions,
    private readonly payloadTypes: PayloadTypeService,
  ) {}

  @Get()
  @Answers({
    summary: 'List payload types',
    is: 'A page of payload types.',
    type: PayloadTypePage,
  })
  async list(@Query() query: PayloadTypeQuery): Promise<JsonText> {
    const page = await readPage(this.reads, PAYLOAD_TYPES, {
      page: query.page,
      pageSize: query.page_size,
      sort: query.sort,
      order: query.order,
      filters: { search: containing(query.search) },
    });
    return pageAnswer(page, query);
  }

  @Post()
  @Writes('create')
  @Answers({
    summary: 'Create a payload type',
    status: 201,
    is: 'The new payload type.',
    type: PayloadTypeView,
    location: 'The new payload type.',
    problems: ['payload-type-exists'],
  })
  async create(
    @By() by: Caller,
    @Body() body: NewPayloadType,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const made = await this.transactions.run(by, async (tx) => {
      await this.payloadTypes.create(tx, body.name, body.description);
      return tx.last(PAYLOAD_TYPE_BY_NAME, [body.name]);
    });
    reply.header('location', `/api/v1/payload-types/${encodeURIComponent(body.name)}`);
    return made;
  }

  @Get(':name')
  @BY_NAME
  @Answers({
    summary: 'Show a payload type',
    is: 'The payload type.',
    type: PayloadTypeView,
    problems: ['payload-type-not-found'],
  })
  async get(@NameParam('name') name: string): Promise<JsonText> {
    const row = await this.reads.row<{ body: string }>(PAYLOAD_TYPE_BY_NAME, [name]);
    if (row === undefined) throw noSuchType(name);
    return new JsonText(row.body);
  }

  @Patch(':name')
  @Writes('describe')
  @BY_NAME
  @Answers({
    summary: 'Describe a payload type',
    is: 'The payload type as it is now.',
    type: PayloadTypeView,
    problems: ['payload-type-not-found'],
  })
  async change(
    @By() by: Caller,
    @NameParam('name') name: string,
    @Body() body: PayloadTypeChange,
  ): Promise<JsonText> {
    return this.transactions.run(by, async (tx) => {
      await this.payloadTypes.describe(tx, name, body.description);
      return tx.last(PAYLOAD_TYPE_BY_NAME, [name]);
    });
  }

  @Delete(':name')
  @Writes('delete')
  @BY_NAME
  @Answers({
    summary: 'Delete a payload type that no list uses',
    status: 204,
    is: 'It is gone.',
    problems: ['payload-type-not-found', 'payload-type-in-use'],
  })
  async delete(@By() by: Caller, @NameParam('name') name: string): Promise<void> {
    await this.transactions.run(by, (tx) => this.payloadTypes.delete(tx, name));
  }
}
