import { Problem } from '#problems';
import { MAX_LINE_BYTES } from './tag-file-format.js';

const LINE_FEED = 0x0a;

/**
 * The lines of a file whose pieces come one after another, each with its line end; as many at once as
 * a piece completes. The last may lack its line end.
 * @throws Problem malformed-body for a line that is longer than any can be
 */
export async function* linesOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer[]> {
  let begun: Buffer = Buffer.alloc(0);
  let seen = 0;
  for await (const piece of pieces) {
    const bytes: Buffer = begun.length === 0 ? piece : Buffer.concat([begun, piece]);
    const lines: Buffer[] = [];
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(LINE_FEED, start);
      refuseLong(end === -1 ? bytes.length - start : end - start, seen + lines.length + 1);
      if (end === -1) break;
      lines.push(bytes.subarray(start, end + 1));
      start = end + 1;
    }
    begun = bytes.subarray(start);
    seen += lines.length;
    if (lines.length > 0) yield lines;
  }
  if (begun.length > 0) yield [begun];
}

function refuseLong(length: number, line: number): void {
  if (length <= MAX_LINE_BYTES) return;
  throw new Problem(
    'malformed-body',
    `Line ${line} is longer than ${MAX_LINE_BYTES} bytes: this is no file of an exported global tag.`,
  );
}
