import { Get, Query, Res } from '@nestjs/common';
import { ApiExtraModels } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { globalTag } from '#auth';
import { type Caller } from '../auth/caller.js';
import { Permissions } from '../auth/permissions.js';
import { By, ForAnybody } from '../auth/route-access.js';
import { readPage } from '../database/page.js';
import { Reads } from '../database/reads.js';
import { noSuchTag } from '../global-tag/global-tag.service.js';
import { GLOBAL_TAG_ID } from '../global-tag/global-tag.sql.js';
import { Answers } from '../http/answers.js';
import { JsonText } from '../http/int64-json.js';
import { Native } from '../http/native.js';
import { pageAnswer } from '../http/page-answer.js';
import { NameParam, PathParam } from '../http/path.js';
import { HISTORY_MODELS, HistoryPage, HistoryQuery } from './global-tag-history.dto.js';
import { historyListing } from './global-tag-history.sql.js';

const WITH_NAMES = historyListing(true);
const WITHOUT_NAMES = historyListing(false);

@Native('Global tags', 'api/v1/global-tags')
export class GlobalTagHistoryController {
  constructor(
    private readonly reads: Reads,
    private readonly permissions: Permissions,
  ) {}

  @Get(':name/history')
  @ForAnybody()
  @PathParam('name', 'Name of the global tag; it may be deleted.', 'DEMO_2026_online')
  @ApiExtraModels(...HISTORY_MODELS)
  @Answers({
    summary: 'Show who changed what of a global tag, and when',
    description:
      'One row for each transaction that changed the tag, its lists or their payloads, whoever made it, newest first. ' +
      'The history of a deleted tag stays, under its name. ' +
      'Where writers show tokens, who made a change is told to those who show one as well.',
    is: 'A page of changes, newest first.',
    type: HistoryPage,
    problems: ['global-tag-not-found'],
  })
  async history(
    @By() by: Caller,
    @NameParam('name') name: string,
    @Query() query: HistoryQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    by.demand('read', globalTag(name));
    reply.header('cache-control', 'no-store');
    const named = by.identity !== null || this.permissions.policyName === null;
    const page = await readPage(this.reads, named ? WITH_NAMES : WITHOUT_NAMES, {
      page: query.page,
      pageSize: query.page_size,
      sort: 'id',
      order: 'desc',
      filters: { global_tag: name },
    });
    if (page.total === 0 && (await this.reads.row(GLOBAL_TAG_ID, [name])) === undefined) {
      throw noSuchTag(name);
    }
    return pageAnswer(page, query);
  }
}
