import { Injectable } from '@nestjs/common';
import { SERVICE } from '../auth/caller.js';
import { Reads } from '../database/reads.js';
import { Transactions } from '../database/transactions.js';
import { type Tx } from '../database/tx.js';
import { GlobalTagService } from '../global-tag/global-tag.service.js';
import { PayloadIovService } from '../payload-iov/payload-iov.service.js';
import { PayloadTypeService } from '../payload-type/payload-type.service.js';
import { DEMO_PAYLOAD_TYPES, DEMO_TAGS, demoPayloads } from './demo-content.js';
import { HAS_CONTENT, HAS_DEMO_TAG, ONE_LOADER } from './demo.sql.js';

/** Fills an empty database with the demo experiment, by the same services as everybody else. */
@Injectable()
export class DemoService {
  constructor(
    private readonly reads: Reads,
    private readonly transactions: Transactions,
    private readonly payloadTypes: PayloadTypeService,
    private readonly globalTags: GlobalTagService,
    private readonly payloads: PayloadIovService,
  ) {}

  /** @returns whether it was loaded: not into a database that holds anything */
  async load(): Promise<boolean> {
    return this.transactions.run(SERVICE, async (tx) => {
      await tx.rows(ONE_LOADER);
      const [state] = await tx.rows<{ content: boolean }>(HAS_CONTENT);
      if (state?.content !== false) return false;
      await this.fill(tx);
      return true;
    });
  }

  /** Whether the tag is there that examples ask for. */
  async isThere(): Promise<boolean> {
    const [state] = await this.reads.rows<{ there: boolean }>(HAS_DEMO_TAG);
    return state?.there === true;
  }

  private async fill(tx: Tx): Promise<void> {
    for (const [name, description] of Object.entries(DEMO_PAYLOAD_TYPES)) {
      await this.payloadTypes.create(tx, name, description);
    }
    for (const tag of DEMO_TAGS) {
      const { name, author, description } = tag;
      await this.globalTags.create(tx, { name, author, description, status: 'unlocked' });
      await this.payloads.insertIntoTag(tx, name, demoPayloads(tag));
      if (tag.status !== 'unlocked') await this.globalTags.change(tx, name, { status: tag.status });
    }
  }
}
