import { Get, Headers, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { Answers } from '../http/answers.js';
import { JsonText } from '../http/int64-json.js';
import { NDJSON } from '../http/json-bodies.js';
import { Native } from '../http/native.js';
import { NameParam, PathParam } from '../http/path.js';
import { momentJson } from '../iov-query/resolved-json.js';
import { ResolveQuery } from '../payload-iov/payload-iov.dto.js';
import {
  DiffAtView,
  DiffPage,
  DiffQuery,
  diffQuestion,
  pathOfPage,
} from './global-tag-diff.dto.js';
import { GlobalTagDiffService } from './global-tag-diff.service.js';

const FIRST = PathParam('name', 'Name of the first global tag.', 'DEMO_2026_online');
const SECOND = PathParam('other', 'Name of the second global tag.', 'DEMO_2025_reprocessing');

@Native('Global tags', 'api/v1/global-tags')
export class GlobalTagDiffController {
  constructor(private readonly diff: GlobalTagDiffService) {}

  @Get(':name/diff/:other')
  @FIRST
  @SECOND
  @ApiProduces('application/json', NDJSON)
  @Answers({
    summary: 'Compare two global tags: where they answer differently',
    description:
      'For each payload type the largest intervals in which what is valid differs in URL, checksum, size or revision, in a range or at all times. ' +
      'Both tags as of one state of the database. ' +
      'With `Accept: application/x-ndjson` all of them, one JSON object a line, sent as they are found.',
    is: 'A page of differences, by payload type, then in order of time.',
    type: DiffPage,
    problems: ['global-tag-not-found', 'payload-type-not-found', 'overloaded'],
  })
  async between(
    @NameParam('name') name: string,
    @NameParam('other') other: string,
    @Query() query: DiffQuery,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText | StreamableFile> {
    const tags = [name, other] as const;
    const question = diffQuestion(tags, query);
    void reply.header('vary', 'accept');
    if (accept?.includes(NDJSON) === true) {
      return new StreamableFile(await this.diff.stream(question), { type: NDJSON });
    }
    const { items, next } = await this.diff.page(question, query.page_size);
    const path = next === undefined ? null : pathOfPage(tags, query, next);
    return new JsonText(
      `{${names(tags)},"items":[${items.join(',')}],` +
        `"page_size":${query.page_size},"next":${JSON.stringify(path)}}`,
    );
  }

  @Get(':name/diff/:other/at')
  @FIRST
  @SECOND
  @Answers({
    summary: 'Compare two global tags at a moment',
    description:
      'The payload types for which the payload that is valid at the moment differs in URL, checksum, size or revision, or is valid in one of the tags only.',
    is: 'The differences, by payload type.',
    type: DiffAtView,
    problems: ['global-tag-not-found', 'payload-type-not-found'],
  })
  async at(
    @NameParam('name') name: string,
    @NameParam('other') other: string,
    @Query() { major, minor, payload_type }: ResolveQuery,
  ): Promise<JsonText> {
    const moment = { major, minor };
    const items = await this.diff.at([name, other], moment, payload_type);
    return new JsonText(
      `{${names([name, other])},"at":${momentJson(moment)},"items":[${items.join(',')}]}`,
    );
  }
}

function names([first, second]: readonly [string, string]): string {
  return `"first":${JSON.stringify(first)},"second":${JSON.stringify(second)}`;
}
