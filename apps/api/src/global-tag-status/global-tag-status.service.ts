import { Injectable } from '@nestjs/common';
import { status } from '#auth';
import { Problem } from '#problems';
import { type Tx } from '../database/tx.js';
import { GlobalTagStatus } from './global-tag-status.entity.js';

/** Writes statuses. */
@Injectable()
export class GlobalTagStatusService {
  /** @throws Problem status-exists */
  async create(tx: Tx, name: string): Promise<string> {
    tx.demand('create', status(name));
    const created = await tx.manager.insert(GlobalTagStatus, { name });
    return String(created.identifiers[0]?.['id']);
  }

  /** @throws Problem status-not-found */
  async byName(tx: Tx, name: string): Promise<GlobalTagStatus> {
    const found = await tx.manager.findOneBy(GlobalTagStatus, { name });
    if (found === null) {
      throw new Problem('status-not-found', `The global tag status "${name}" does not exist.`);
    }
    return found;
  }
}
