import { spawn } from 'node:child_process';
import { errorCode } from '../system-error.js';
import { type ServerAccount } from './server-account.js';

/**
 * Runs a program of PostgreSQL to its end, as `account` if given.
 *
 * @param output a file descriptor that takes what it prints; without one the text is returned
 */
export async function runProgram(
  program: string,
  args: string[],
  account: ServerAccount | undefined,
  output?: number,
): Promise<{ code: number | null; output: string }> {
  // The working folder may be closed to the account, and settings of psql are not meant for us.
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'));
  const child = spawn(program, args, {
    ...account,
    cwd: '/',
    env: { ...Object.fromEntries(environment), LC_ALL: 'C' },
    stdio: ['ignore', output ?? 'pipe', output ?? 'pipe'],
  });
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, output: text });
    });
  });
}

/** Whether a process has this number, ours or not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
