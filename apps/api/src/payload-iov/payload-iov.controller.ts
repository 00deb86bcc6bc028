import { Body, Delete, Get, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiResponse } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type Caller } from '../auth/caller.js';
import { By, Writes } from '../auth/route-access.js';
import { Reads } from '../database/reads.js';
import { Transactions } from '../database/transactions.js';
import { Answers } from '../http/answers.js';
import { Flag } from '../http/fields.js';
import { JsonText } from '../http/int64-json.js';
import { Native } from '../http/native.js';
import { Int64Param, NameParam, PathParam } from '../http/path.js';
import {
  type InsertionView,
  insertionView,
  InsertionView as InsertionDocument,
} from './insertion.dto.js';
import { NewPayloads, PayloadPage, PayloadQuery, PayloadView } from './payload-iov.dto.js';
import { readNewPayloads } from './new-payloads.js';
import { noSuchPayload, PayloadIovService } from './payload-iov.service.js';
import { PAYLOAD_BY_ID } from './payload-iov.sql.js';
import { PayloadPages } from './payload-pages.js';

const IN_TAG = PathParam('name', 'Name of the global tag.', 'DEMO_2026_online');
const BY_ID = PathParam('id', 'Number of the payload.', 1);

class InsertQuery {
  @Flag({ description: 'true: only tell what would change.', optional: true, example: true })
  dry_run = false;
}

@Native('Payloads', 'api/v1')
export class PayloadIovController {
  constructor(
    private readonly reads: Reads,
    private readonly transactions: Transactions,
    private readonly payloads: PayloadIovService,
    private readonly pages: PayloadPages,
  ) {}

  @Get('global-tags/:name/payloads')
  @IN_TAG
  @Answers({
    summary: 'List the payloads of a global tag by their starts',
    is: 'A page of payloads, earliest start first.',
    type: PayloadPage,
    problems: ['global-tag-not-found'],
  })
  async listOfTag(
    @NameParam('name') name: string,
    @Query() query: PayloadQuery,
  ): Promise<JsonText> {
    return this.pages.ofTag(name, query);
  }

  @Get('payload-lists/:name/payloads')
  @PathParam('name', 'Name of the payload list.', 'BeamSpot_1')
  @Answers({
    summary: 'List the payloads of a payload list by their starts',
    is: 'A page of payloads, earliest start first.',
    type: PayloadPage,
    problems: ['payload-list-not-found'],
  })
  async listOfList(
    @NameParam('name') name: string,
    @Query() query: PayloadQuery,
  ): Promise<JsonText> {
    return this.pages.ofList(name, query);
  }

  @Post('global-tags/:name/payloads')
  @Writes('insert', 'attach')
  @IN_TAG
  @ApiBody({ type: NewPayloads })
  @Answers({
    summary: 'Insert payloads into a global tag',
    description:
      'Every moment of the interval then answers with the new payload, and every other moment as before. ' +
      'A payload type that the tag does not have yet gets its list. All payloads are inserted, or none. ' +
      'In a locked tag only what answers nothing today can be filled, or an open-ended last payload be followed.',
    status: 201,
    is: 'What changed.',
    type: InsertionDocument,
    location: 'The payload, or the payloads of the tag if there were several.',
    problems: [
      'global-tag-not-found',
      'payload-type-not-found',
      'invalid-interval',
      'interval-conflict',
      'global-tag-locked',
      'global-tag-frozen',
    ],
  })
  @ApiResponse({
    status: 200,
    description: 'What would change: `dry_run=true` was asked for.',
    type: InsertionDocument,
  })
  async insert(
    @By() by: Caller,
    @NameParam('name') name: string,
    @Query() query: InsertQuery,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InsertionView> {
    const payloads = await readNewPayloads(body);
    const work = query.dry_run ? 'rehearse' : 'run';
    const { outcome, batch } = await this.transactions[work](by, (tx) =>
      this.payloads.insertIntoTag(tx, name, payloads),
    );
    if (query.dry_run) void reply.code(200);
    else reply.header('location', location(name, outcome.added));
    return insertionView(outcome, batch, query.dry_run);
  }

  @Get('payloads/:id')
  @BY_ID
  @Answers({
    summary: 'Show a payload',
    is: 'The payload.',
    type: PayloadView,
    problems: ['payload-not-found'],
  })
  async get(@Int64Param('id') id: bigint): Promise<JsonText> {
    const row = await this.reads.row<{ body: string }>(PAYLOAD_BY_ID, [id]);
    if (row === undefined) throw noSuchPayload(id);
    return new JsonText(row.body);
  }

  @Delete('payloads/:id')
  @Writes('delete')
  @BY_ID
  @Answers({
    summary: 'Delete a payload for good',
    description:
      'Its moments answer nothing afterwards, or what overlapped it. Its file is not touched. ' +
      'To correct a payload, insert the right one over it instead: nothing is lost then.',
    status: 204,
    is: 'It is gone.',
    problems: ['payload-not-found', 'global-tag-locked', 'global-tag-frozen'],
  })
  async delete(@By() by: Caller, @Int64Param('id') id: bigint): Promise<void> {
    await this.transactions.run(by, (tx) => this.payloads.delete(tx, id));
  }
}

function location(tag: string, added: readonly { id: bigint }[]): string {
  const [first] = added;
  return first !== undefined && added.length === 1
    ? `/api/v1/payloads/${first.id}`
    : `/api/v1/global-tags/${encodeURIComponent(tag)}/payloads`;
}
