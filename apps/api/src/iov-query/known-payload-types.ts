import { Injectable } from '@nestjs/common';
import { Reads } from '../database/reads.js';
import { noSuchType } from '../payload-type/payload-type.service.js';
import { PAYLOAD_TYPE_BY_NAME } from '../payload-type/payload-type.sql.js';

/** Which payload types there are. */
@Injectable()
export class KnownPayloadTypes {
  constructor(private readonly reads: Reads) {}

  /** @throws Problem payload-type-not-found for a type, if one is asked for, that does not exist */
  async refuseUnknown(payloadType: string | undefined): Promise<void> {
    if (payloadType === undefined) return;
    const type = await this.reads.row(PAYLOAD_TYPE_BY_NAME, [payloadType]);
    if (type === undefined) throw noSuchType(payloadType);
  }
}
