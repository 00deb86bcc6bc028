import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Failure } from '../failure.js';
import { type Surroundings } from '../surroundings.js';

/** Where everything was built to. */
const ROOT = import.meta.url.slice(0, import.meta.url.lastIndexOf('/apps/cli/') + 1);

/**
 * Runs another program of this installation in place of this one.
 * @param path where it was built to, such as `apps/api/src/migrate.js`
 * @throws Failure if it is not there, or says with its exit code that it has failed
 */
export async function runProgram(
  path: string,
  args: readonly string[],
  { env, signal }: Pick<Surroundings, 'env' | 'signal'>,
): Promise<void> {
  const file = fileURLToPath(new URL(path, ROOT));
  if (!existsSync(file)) {
    throw new Failure('failed', `${path} is not part of this installation.`, 'not-installed');
  }
  const child = spawn(process.execPath, [file, ...args], { env, stdio: 'inherit' });
  const stop = (): void => {
    child.kill('SIGTERM');
  };
  signal.addEventListener('abort', stop);
  const [code] = (await once(child, 'close')) as [number | null];
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (code !== 0) throw new Failure('failed', 'It was not done: see above.', 'program-failed');
}
