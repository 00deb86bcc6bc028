import { Body, Delete, Get, Post, Query, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type Caller } from '../auth/caller.js';
import { By, Writes } from '../auth/route-access.js';
import { Transactions } from '../database/transactions.js';
import { type JsonText } from '../http/int64-json.js';
import { NameParam, PathParam } from '../http/path.js';
import { PayloadTypeService } from '../payload-type/payload-type.service.js';
import { Browse, type RawQuery } from './browse.js';
import { BrowseQuery } from './browse.query.js';
import { PayloadTypeBody } from './cdb-rest.dto.js';
import { DropIn, DropInAnswers } from './drop-in.js';
import { HotAnswers } from './hot-answers.js';
import { TypeRow } from './list-rows.dto.js';
import { BROWSE_TYPES, TYPE_BY_NAME, TYPES } from './views.sql.js';

@DropIn()
export class CdbPayloadTypeController {
  constructor(
    private readonly hot: HotAnswers,
    private readonly transactions: Transactions,
    private readonly browse: Browse,
    private readonly payloadTypes: PayloadTypeService,
  ) {}

  @Get(['pt', 'payload-types'])
  @BrowseQuery(BROWSE_TYPES)
  @DropInAnswers({
    summary: 'List payload types',
    is: 'The payload types, oldest first.',
    type: TypeRow,
    list: true,
    browse: TypeRow,
  })
  async list(
    @Query() query: RawQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const page = await this.browse.page(BROWSE_TYPES, query, 'name');
    return page ?? this.hot.json(TYPES, [], reply);
  }

  @Post(['pt', 'payload-types'])
  @Writes('create')
  @DropInAnswers({
    summary: 'Create a payload type',
    is: 'The new payload type.',
    type: TypeRow,
    problems: ['payload-type-exists'],
  })
  async create(@By() by: Caller, @Body() body: PayloadTypeBody): Promise<JsonText> {
    return this.transactions.run(by, async (tx) => {
      await this.payloadTypes.create(tx, body.name, body.description);
      return tx.last(TYPE_BY_NAME, [body.name]);
    });
  }

  @Delete(['deletePayloadType/:name', 'payload-types/:name/delete'])
  @Writes('delete')
  @PathParam('name', 'Name of the payload type.', 'BeamSpot')
  @DropInAnswers({
    summary: 'Delete a payload type that no list uses',
    is: 'It is gone.',
    problems: ['payload-type-not-found', 'payload-type-in-use'],
  })
  async delete(@By() by: Caller, @NameParam('name') name: string): Promise<{ detail: string }> {
    await this.transactions.run(by, (tx) => this.payloadTypes.delete(tx, name));
    return { detail: `Payload Type ${name} deleted.` };
  }
}
