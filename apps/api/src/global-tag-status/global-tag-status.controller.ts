import { Get } from '@nestjs/common';
import { Reads } from '../database/reads.js';
import { Answers } from '../http/answers.js';
import { JsonText } from '../http/int64-json.js';
import { Native } from '../http/native.js';
import { GlobalTagStatusView } from './global-tag-status.dto.js';
import { STATUSES } from './global-tag-status.sql.js';

@Native('Global tags', 'api/v1/statuses')
export class GlobalTagStatusController {
  constructor(private readonly reads: Reads) {}

  @Get()
  @Answers({
    summary: 'List the statuses a global tag can have',
    description:
      'unlocked: free to edit. locked: append-only, no answer ever changes. frozen: immutable.',
    is: 'The statuses, oldest first.',
    type: GlobalTagStatusView,
    list: true,
  })
  async list(): Promise<JsonText> {
    const row = await this.reads.row<{ body: string }>(STATUSES);
    return new JsonText(row?.body ?? '[]');
  }
}
