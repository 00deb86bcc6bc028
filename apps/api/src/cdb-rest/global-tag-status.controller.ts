import { Body, Get, Post } from '@nestjs/common';
import { Transactions } from '../database/transactions.js';
import { GlobalTagStatusService } from '../global-tag-status/global-tag-status.service.js';
import { type JsonText } from '../http/int64-json.js';
import { StatusBody } from './cdb-rest.dto.js';
import { DropIn, DropInAnswers } from './drop-in.js';
import { HotAnswers } from './hot-answers.js';
import { STATUS_BY_NAME, STATUSES } from './views.sql.js';

@DropIn()
export class CdbGlobalTagStatusController {
  constructor(
    private readonly hot: HotAnswers,
    private readonly transactions: Transactions,
    private readonly statuses: GlobalTagStatusService,
  ) {}

  @Get(['gtstatus', 'global-tags/statuses'])
  @DropInAnswers('List the statuses')
  async list(): Promise<JsonText> {
    return this.hot.json(STATUSES, []);
  }

  @Post(['gtstatus', 'global-tags/statuses'])
  @DropInAnswers('Create a status')
  async create(@Body() body: StatusBody): Promise<JsonText> {
    return this.transactions.run(async (tx) => {
      await this.statuses.create(tx, body.name);
      return tx.json(STATUS_BY_NAME, [body.name]);
    });
  }
}
