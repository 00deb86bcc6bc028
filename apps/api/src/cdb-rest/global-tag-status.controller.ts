import { Body, Get, Post, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type Caller } from '../auth/caller.js';
import { By, Writes } from '../auth/route-access.js';
import { Transactions } from '../database/transactions.js';
import { GlobalTagStatusService } from '../global-tag-status/global-tag-status.service.js';
import { type JsonText } from '../http/int64-json.js';
import { StatusBody } from './cdb-rest.dto.js';
import { DropIn, DropInAnswers } from './drop-in.js';
import { HotAnswers } from './hot-answers.js';
import { StatusRow } from './tag-rows.dto.js';
import { STATUS_BY_NAME, STATUSES } from './views.sql.js';

@DropIn()
export class CdbGlobalTagStatusController {
  constructor(
    private readonly hot: HotAnswers,
    private readonly transactions: Transactions,
    private readonly statuses: GlobalTagStatusService,
  ) {}

  @Get(['gtstatus', 'global-tags/statuses'])
  @DropInAnswers({
    summary: 'List the statuses',
    is: 'The statuses, oldest first.',
    type: StatusRow,
    list: true,
  })
  async list(@Res({ passthrough: true }) reply: FastifyReply): Promise<JsonText> {
    return this.hot.json(STATUSES, [], reply);
  }

  @Post(['gtstatus', 'global-tags/statuses'])
  @Writes('create')
  @DropInAnswers({
    summary: 'Create a status',
    description:
      'unlocked, locked and frozen are there from the start; others mean nothing to the rules.',
    is: 'The new status.',
    type: StatusRow,
    problems: ['status-exists'],
  })
  async create(@By() by: Caller, @Body() body: StatusBody): Promise<JsonText> {
    return this.transactions.run(by, async (tx) => {
      await this.statuses.create(tx, body.name);
      return tx.last(STATUS_BY_NAME, [body.name]);
    });
  }
}
