import { Get, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Answers } from '../http/answers.js';
import { Native } from '../http/native.js';
import { NameParam, PathParam } from '../http/path.js';
import { sendVersioned } from '../http/versioned-answer.js';
import { ResolveQuery, ResolveView } from '../payload-iov/payload-iov.dto.js';
import { IovQueryService } from './iov-query.service.js';

@Native('Payloads', 'api/v1/global-tags')
export class IovQueryController {
  constructor(private readonly query: IovQueryService) {}

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
}
