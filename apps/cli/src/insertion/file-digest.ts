import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Failure } from '../failure.js';

/** What a payload says of its file. */
export interface FileDigest {
  /** MD5 in hexadecimal digits: what nopayloadclient and basf2 compute. */
  readonly checksum: string;
  /** bytes */
  readonly size: bigint;
}

/**
 * Reads a file from its beginning to its end.
 * @param onRead is told how many bytes have been read since it was last told
 * @throws Failure for one that cannot be read
 */
export async function digestFile(
  path: string,
  signal: AbortSignal,
  onRead: (bytes: number) => void = () => undefined,
): Promise<FileDigest> {
  const hash = createHash('md5');
  let size = 0n;
  try {
    const chunks = createReadStream(path, { highWaterMark: 2 ** 20, signal });
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += BigInt(chunk.length);
      onRead(chunk.length);
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw unreadable(path, error);
  }
  return { checksum: hash.digest('hex'), size };
}

/** What it means that a file cannot be read. */
export function unreadable(path: string, error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new Failure('invalid', `There is no file ${path}.`);
  if (code === 'EISDIR') return new Failure('invalid', `${path} is a folder, not a file.`);
  if (code === 'EACCES') return new Failure('invalid', `${path} may not be read.`);
  return new Failure('invalid', `${path} cannot be read: ${message}`);
}
