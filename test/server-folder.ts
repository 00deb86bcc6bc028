import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for the data folders of PostgreSQL servers. */
export interface ServerFolder {
  readonly path: string;
  /** Stops whatever still runs on a data folder in it, and removes it. */
  remove(): Promise<void>;
}

/** Makes one that a process of its own removes after our end, however that comes. */
export function serverFolder(): ServerFolder {
  const path = mkdtempSync(join(tmpdir(), 'tempora-test-'));
  chmodSync(path, 0o755);
  const script = `
    cat >/dev/null
    for file in "$0"/*/postmaster.pid; do
      pid=$(head -n 1 "$file" 2>/dev/null) && kill -QUIT "$pid" &&
        while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    done
    rm -rf "$0"`;
  const watcher = spawn('sh', ['-c', script, path], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return {
    path,
    async remove() {
      const gone = once(watcher, 'exit');
      watcher.stdin.end();
      await gone;
    },
  };
}
