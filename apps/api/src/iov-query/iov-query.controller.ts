import { Body, Get, Headers, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { OnlyReads } from '../auth/route-access.js';
import { Answers } from '../http/answers.js';
import { JsonText } from '../http/int64-json.js';
import { NDJSON } from '../http/json-bodies.js';
import { Native } from '../http/native.js';
import { NameParam, PathParam } from '../http/path.js';
import { marked, sendVersioned } from '../http/versioned-answer.js';
import { ResolveQuery, ResolveView } from '../payload-iov/payload-iov.dto.js';
import { BetweenQuery, EffectivePage, pageJson, rangeQuestion } from './between.dto.js';
import { BetweenService } from './between.service.js';
import { IovQueryService } from './iov-query.service.js';
import { momentsOf, ResolveBatch, ResolveBatchView } from './resolve-batch.dto.js';
import { ResolveBatchService } from './resolve-batch.service.js';

@Native('Payloads', 'api/v1/global-tags')
export class IovQueryController {
  constructor(
    private readonly query: IovQueryService,
    private readonly batch: ResolveBatchService,
    private readonly between: BetweenService,
  ) {}

  @Get(':name/payloads/at')
  @PathParam('name', 'Name of the global tag.', 'DEMO_2026_online')
  @Answers({
    summary: 'Resolve: which payloads are valid at a moment',
    description:
      'For each payload type of the global tag the one payload that is valid at the moment; types without one are listed as missing.',
    is: 'The valid payloads by payload type.',
    type: ResolveView,
    versioned: true,
    problems: ['global-tag-not-found', 'payload-type-not-found'],
  })
  async at(
    @NameParam('name') name: string,
    @Query() query: ResolveQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendVersioned(request, reply, await this.query.resolve(name, query, query.payload_type));
  }

  @Post(':name/payloads/at')
  @OnlyReads()
  @PathParam('name', 'Name of the global tag.', 'DEMO_2026_online')
  @Answers({
    summary: 'Resolve many moments at once',
    description:
      'Which payloads are valid at each of up to 10,000 moments, all as of one state of the global tag. Equal answers are told once, with the moments that have them.',
    is: 'The different answers.',
    type: ResolveBatchView,
    problems: ['global-tag-not-found', 'payload-type-not-found', 'overloaded'],
  })
  async atMany(
    @NameParam('name') name: string,
    @Body() body: ResolveBatch,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const moments = momentsOf(body.moments);
    const stream = marked(reply, await this.batch.resolve(name, moments, body.payload_type));
    return new StreamableFile(stream, { type: 'application/json; charset=utf-8' });
  }

  @Get(':name/payloads/between')
  @PathParam('name', 'Name of the global tag.', 'DEMO_2026_online')
  @ApiProduces('application/json', 'application/x-ndjson')
  @Answers({
    summary: 'List which payloads are valid somewhere in a range, and where',
    description:
      'Each payload with the part of the range in which it is the one that is valid: up to its end, or the start of the next. ' +
      'With `Accept: application/x-ndjson` all of them, one JSON object a line, sent as they are read.',
    is: 'A page of payloads, earliest start first.',
    type: EffectivePage,
    problems: ['global-tag-not-found', 'payload-type-not-found', 'overloaded'],
  })
  async payloadsBetween(
    @NameParam('name') name: string,
    @Query() query: BetweenQuery,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText | StreamableFile> {
    const question = rangeQuestion(name, query);
    void reply.header('vary', 'accept');
    if (accept?.includes(NDJSON) === true) {
      const stream = marked(reply, await this.between.stream(question));
      return new StreamableFile(stream, { type: NDJSON });
    }
    const page = marked(reply, await this.between.page(question, query.page_size));
    return new JsonText(pageJson(name, query, page));
  }
}
