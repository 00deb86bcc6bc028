import { type ClientBase } from 'pg';
import { Problem } from '#problems';

/** Where PostgreSQL waits for a synchronous standby, and warns from if it is told not to. */
const SYNCHRONOUS_WAIT = 'SyncRepWaitForLSN';

/** A warning of PostgreSQL, as far as it matters here. */
interface Warning {
  readonly routine?: string | undefined;
}

/**
 * Does what commits on a connection. PostgreSQL calls a commit a success, too, when somebody ended its
 * wait for a synchronous standby: what that server does not have may be lost with this one.
 * @throws Problem database-unavailable in that case
 */
export async function confirmed<T>(client: ClientBase, commit: () => Promise<T>): Promise<T> {
  const warnings: Warning[] = [];
  const warned = (warning: Warning): void => {
    warnings.push(warning);
  };
  client.on('notice', warned);
  try {
    const result = await commit();
    if (!warnings.some(({ routine }) => routine === SYNCHRONOUS_WAIT)) return result;
    throw new Problem(
      'database-unavailable',
      'It was written, but the replicas that the database waits for have not confirmed it. Try again in a few seconds.',
    );
  } finally {
    client.off('notice', warned);
  }
}
