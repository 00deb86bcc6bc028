import { randomBytes } from 'node:crypto';
import { copyFile, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { Failure } from '../failure.js';
import { digestFile } from './file-digest.js';

/**
 * Where `nopayloadclient` puts a file in its store, which is also the URL it gives to the payload:
 * `<type>/<ab>/<cd>/<checksum>_<name of the file>`, ab and cd being the first digits of the checksum.
 * @see https://github.com/BNLNPPS/nopayloadclient/blob/master/src/payload.cpp
 */
export function storePath(payloadType: string, checksum: string, file: string): string {
  const folder = `${payloadType}/${checksum.slice(0, 2)}/${checksum.slice(2, 4)}`;
  return `${folder}/${checksum}_${basename(file)}`.replace(/\/{2,}/g, '/');
}

/** @throws Failure unless it is a folder; one that is missing may be a disk that is not there now */
export async function checkStore(store: string): Promise<void> {
  const found = await stat(store).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw new Failure('invalid', `There is no payload store ${store}: it is not a folder.`);
  }
}

/**
 * Copies a file into the store. It appears there whole or not at all, after it was read back; a file
 * that is there already is left alone if it has the same content.
 * @param path as {@link storePath} gives it
 * @returns whether it was copied
 * @throws Failure if another content is there already, or the copy is not what was read before
 */
export async function putInStore(
  store: string,
  path: string,
  file: string,
  checksum: string,
  signal: AbortSignal,
): Promise<boolean> {
  const target = join(store, path);
  if (relative(store, target).split(sep)[0] === '..') {
    throw new Failure('invalid', `${path} would lie outside of the payload store.`);
  }
  try {
    if (await isThere(target, checksum, signal)) return false;
    await mkdir(dirname(target), { recursive: true });
    return await copyBeside(target, file, checksum, signal);
  } catch (error) {
    if (error instanceof Failure || signal.aborted) throw error;
    throw new Failure('failed', `${target} cannot be written: ${(error as Error).message}`);
  }
}

async function copyBeside(
  target: string,
  file: string,
  checksum: string,
  signal: AbortSignal,
): Promise<boolean> {
  const unfinished = join(dirname(target), `.tempora-${randomBytes(6).toString('hex')}`);
  try {
    await copyFile(file, unfinished);
    const handle = await open(unfinished, 'r+');
    await handle.sync().finally(() => handle.close());
    if ((await digestFile(unfinished, signal)).checksum !== checksum) {
      throw new Failure('notAsPromised', `${file} has changed, or was not copied as it is.`);
    }
    await appear(unfinished, target);
    return true;
  } catch (error) {
    // Somebody else has brought it meanwhile.
    if (codeOf(error) === 'EEXIST' && (await isThere(target, checksum, signal))) return false;
    throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** A link never takes the place of a file that is there; not every file system has links. */
async function appear(unfinished: string, target: string): Promise<void> {
  try {
    await link(unfinished, target);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'].includes(codeOf(error) ?? '')) throw error;
    await rename(unfinished, target);
  }
}

/** @throws Failure if something else is there */
async function isThere(target: string, checksum: string, signal: AbortSignal): Promise<boolean> {
  if ((await stat(target).catch(() => undefined)) === undefined) return false;
  if ((await digestFile(target, signal)).checksum === checksum) return true;
  throw new Failure('notAsPromised', `${target} is there already, with another content.`);
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
