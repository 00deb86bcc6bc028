import { Get, Query } from '@nestjs/common';
import { Answers } from '../http/answers.js';
import { JsonText } from '../http/int64-json.js';
import { Native } from '../http/native.js';
import { NameParam, PathParam } from '../http/path.js';
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
    problems: ['global-tag-not-found', 'payload-type-not-found'],
  })
  async at(@NameParam('name') name: string, @Query() query: ResolveQuery): Promise<JsonText> {
    return this.query.resolve(name, query, query.payload_type ?? null);
  }
}
