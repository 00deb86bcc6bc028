import { combIov, type Interval } from '#iov';
import { type PayloadFile } from '../payload-iov/insertion.js';

const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

/** A payload as the text format of COPY has it, in the order of the columns of `COPY_PAYLOADS`. */
export function copyRow(list: bigint, file: PayloadFile, { start, end }: Interval): string {
  const { payloadUrl, checksum, size, revision } = file;
  return (
    `${list}\t${text(payloadUrl)}\t${text(checksum)}\t${size ?? '\\N'}\t` +
    `${revision === null ? '\\N' : text(revision)}\t${start.major}\t${start.minor}\t` +
    `${end.major}\t${end.minor}\t${combIov(start)}\n`
  );
}

function text(value: string): string {
  if (!SPECIAL.test(value)) return value;
  return value.replaceAll(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}
