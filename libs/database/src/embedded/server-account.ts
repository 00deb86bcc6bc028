import { spawnSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import { DatabaseRefusal } from '../database-refusal.js';

/** The system account that PostgreSQL runs as; `undefined` wherever it can run as ourselves. */
export interface ServerAccount {
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root. Then it runs as whoever owns the database folder already,
 * else as `postgres` where that account exists, else as `nobody`. No account is ever created.
 *
 * @param clusterDir the database folder, which may not exist yet
 * @throws DatabaseRefusal if root is left without an account to use
 */
export function serverAccount(clusterDir: string): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(clusterDir, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const name of ['postgres', 'nobody']) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new DatabaseRefusal(
    'PostgreSQL cannot run as root, and there is neither a user "postgres" nor "nobody" to run it as: ' +
      'start Tempora as an ordinary user, or set POSTGRES_HOST_W to use a PostgreSQL of your own.',
  );
}

/** Whether the account can pass through or execute `path`. */
export function canReach(account: ServerAccount, path: string): boolean {
  // access(2) asked by the account itself also knows of ACLs and of mount options.
  const probe = spawnSync('/bin/sh', ['-c', 'test -x "$0"', path], { ...account, cwd: '/' });
  if (probe.error) {
    throw new DatabaseRefusal(
      `PostgreSQL cannot run as root, and this process may not switch to user ${account.uid} ` +
        `(${probe.error.message}): start Tempora as an ordinary user, or set POSTGRES_HOST_W.`,
    );
  }
  return probe.status === 0;
}

/** Hands a file or folder to the account; does nothing where PostgreSQL runs as ourselves. */
export function handOver(path: string, account: ServerAccount | undefined): void {
  if (account) chownSync(path, account.uid, account.gid);
}

function idOf(flag: '-u' | '-g', name: string): number | undefined {
  const answer = spawnSync('id', [flag, name], { encoding: 'utf8' });
  const id = Number.parseInt(answer.stdout, 10);
  // macOS prints the id of nobody as -2; the system calls want it unsigned.
  return answer.status === 0 && id !== 0 && Number.isInteger(id) ? id >>> 0 : undefined;
}
