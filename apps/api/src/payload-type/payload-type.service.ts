import { Injectable } from '@nestjs/common';
import { payloadType } from '#auth';
import { Problem } from '#problems';
import { type Tx } from '../database/tx.js';
import { PayloadType } from './payload-type.entity.js';
import { LISTS_OF_TYPE, LOCK_PAYLOAD_TYPE } from './payload-type.sql.js';

/** Writes payload types. */
@Injectable()
export class PayloadTypeService {
  /** @throws Problem payload-type-exists */
  async create(tx: Tx, name: string, description: string | null = null): Promise<string> {
    tx.demand('create', payloadType(name));
    const created = await tx.manager.insert(PayloadType, { name, description });
    return String(created.identifiers[0]?.['id']);
  }

  /** @throws Problem payload-type-not-found */
  async describe(tx: Tx, name: string, description: string | null): Promise<void> {
    tx.demand('describe', payloadType(name));
    const { affected } = await tx.manager.update(PayloadType, { name }, { description });
    if (affected === 0) throw noSuchType(name);
  }

  /** @throws Problem payload-type-not-found, payload-type-in-use */
  async delete(tx: Tx, name: string): Promise<void> {
    tx.demand('delete', payloadType(name));
    const [type] = await tx.rows<{ id: bigint }>(LOCK_PAYLOAD_TYPE, [name]);
    if (type === undefined) throw noSuchType(name);
    const [used] = await tx.rows<{ lists: bigint }>(LISTS_OF_TYPE, [type.id]);
    if (used !== undefined && used.lists > 0n) {
      throw new Problem('payload-type-in-use', `PayloadType is used by ${used.lists} PayloadLists`);
    }
    await tx.manager.delete(PayloadType, { name });
  }

  /** @throws Problem payload-type-not-found */
  async byName(tx: Tx, name: string): Promise<PayloadType> {
    const type = await tx.manager.findOneBy(PayloadType, { name });
    if (type === null) throw noSuchType(name);
    return type;
  }
}

export function noSuchType(name: string): Problem {
  return new Problem('payload-type-not-found', `The payload type "${name}" does not exist.`);
}
