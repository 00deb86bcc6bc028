import { type ClientBase } from 'pg';
import { Problem, serverLost } from '#problems';

/** Where PostgreSQL waits for a synchronous standby, and warns from if it is told not to. */
const SYNCHRONOUS_WAIT = 'SyncRepWaitForLSN';

const ALONE =
  'It was written, but the replicas that the database waits for have not confirmed it. Try again in a few seconds.';
const BROKEN =
  'The database went away while this was being written: it may have been. Try again in a few seconds.';

/** Nobody knows whether something was written for good. */
export class Unconfirmed extends Problem {
  constructor(detail: string, cause?: unknown) {
    super('database-unavailable', detail, [], { cause });
  }
}

/** A warning of PostgreSQL, as far as it matters here. */
interface Warning {
  readonly routine?: string | undefined;
}

/**
 * Does what commits on a connection. PostgreSQL calls a commit a success, too, when somebody ended its
 * wait for a synchronous standby: what that server does not have may be lost with this one.
 * @throws Unconfirmed in that case, and if the connection breaks before the commit is heard of
 */
export async function confirmed<T>(client: ClientBase, commit: () => Promise<T>): Promise<T> {
  const warnings: Warning[] = [];
  const warned = (warning: Warning): void => {
    warnings.push(warning);
  };
  client.on('notice', warned);
  try {
    const result = await commit().catch((error: unknown) => {
      throw serverLost(error) ? new Unconfirmed(BROKEN, error) : error;
    });
    if (!warnings.some(({ routine }) => routine === SYNCHRONOUS_WAIT)) return result;
    throw new Unconfirmed(ALONE);
  } finally {
    client.off('notice', warned);
  }
}
