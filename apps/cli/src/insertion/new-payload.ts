import { type Moment } from '#iov';
import { Failure } from '../failure.js';
import { type ProgressLine } from '../terminal/progress.js';
import { digestFile, unreadable } from './file-digest.js';
import { storePath } from './payload-store.js';
import { type WantedPayload } from './wanted-payload.js';
import { stat } from 'node:fs/promises';

/** A payload as the native API takes it. */
export interface NewPayload {
  readonly payload_type: string;
  readonly payload_url: string;
  readonly checksum: string;
  readonly size: bigint | undefined;
  readonly revision: string | undefined;
  readonly from: Moment;
  readonly until: Moment | 'next' | 'open';
}

/** One with the file that goes into the store, if any does. */
export interface PreparedPayload {
  readonly payload: NewPayload;
  readonly file: string | undefined;
}

/**
 * Reads the files, for their checksums and sizes.
 * @param stored whether they go into a payload store, which gives them their URLs
 * @throws Failure for what cannot be read, differs from the checksum it should have, or has no URL
 */
export async function preparePayloads(
  wanted: readonly WantedPayload[],
  stored: boolean,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<PreparedPayload[]> {
  const bar = progress.start('Reading files', await totalSize(wanted), 'bytes');
  try {
    const prepared: PreparedPayload[] = [];
    for (const payload of wanted) {
      prepared.push(await prepare(payload, stored, signal, bar.advance));
    }
    return prepared;
  } finally {
    bar.end();
  }
}

async function prepare(
  { payloadType, file, url, checksum, size, revision, from, until }: WantedPayload,
  stored: boolean,
  signal: AbortSignal,
  onRead: (bytes: number) => void,
): Promise<PreparedPayload> {
  const found = file === undefined ? undefined : await digestFile(file, signal, onRead);
  if (found !== undefined && checksum !== undefined && found.checksum !== checksum.toLowerCase()) {
    throw new Failure(
      'notAsPromised',
      `${file ?? ''} has the checksum ${found.checksum}, not ${checksum}.`,
    );
  }
  const sum = found?.checksum ?? checksum;
  const toStore = stored && file !== undefined && url === undefined;
  const place = toStore && sum !== undefined ? storePath(payloadType, sum, file) : url;
  if (sum === undefined || place === undefined) {
    throw new Failure(
      'usage',
      `Say where ${file ?? `the payload of ${payloadType}`} is: --store copies it into a payload store, --url names where it is already.`,
    );
  }
  return {
    file: toStore ? file : undefined,
    payload: {
      payload_type: payloadType,
      payload_url: place,
      checksum: sum,
      size: found?.size ?? size,
      revision,
      from,
      until,
    },
  };
}

async function totalSize(wanted: readonly WantedPayload[]): Promise<number> {
  let total = 0;
  for (const { file } of wanted) {
    if (file === undefined) continue;
    try {
      total += (await stat(file)).size;
    } catch (error) {
      throw unreadable(file, error);
    }
  }
  return total;
}
