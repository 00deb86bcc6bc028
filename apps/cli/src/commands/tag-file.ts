import { createHash } from 'node:crypto';
import { Failure } from '../failure.js';
import { parseJson } from '../http/exact-json.js';
import { integer, object, type Shape, ShapeError, text } from '../http/shape.js';

/** The first line of an exported tag, as far as it is looked at here. */
export const FileHeader = object({ format: text, global_tag: text, payload_iov_count: integer });
const FileTrailer = object({ sha256: text });

const LINE_FEED = 0x0a;
/** No line is longer. */
const MAX_LINE = 65_536;

/** @throws Failure if the line is no such line of an exported tag */
export function readLine<T>(line: Buffer, shape: Shape<T>): T {
  try {
    return shape(parseJson(line.toString('utf8')), 'line');
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof ShapeError)) throw error;
    throw new Failure('invalid', 'This is no file of an exported global tag.', 'malformed-file');
  }
}

/**
 * The first line, and all of the bytes, the first line included.
 * @throws Failure if there is no line
 */
export async function withFirstLine(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ first: Buffer; all: AsyncGenerator<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  let begun = Buffer.alloc(0);
  while (!begun.includes(LINE_FEED)) {
    const piece = await iterator.next();
    if (piece.done === true || begun.length > MAX_LINE) {
      throw new Failure('invalid', 'This is no file of an exported global tag.', 'malformed-file');
    }
    begun = Buffer.concat([begun, piece.value]);
  }
  return {
    first: begun.subarray(0, begun.indexOf(LINE_FEED)),
    all: (async function* () {
      yield begun;
      for (;;) {
        const piece = await iterator.next();
        if (piece.done === true) return;
        yield piece.value;
      }
    })(),
  };
}

/**
 * Passes on an exported tag as it comes, and holds it to the digest in its last line.
 * @param counted is told how many lines a piece ends
 * @throws Failure after the last piece if it is not whole, or another than was written
 */
export async function* verified(
  bytes: AsyncIterable<Uint8Array>,
  counted: (lines: number) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  /** Of the last line that has come; it may be the one with the digest. */
  let last = Buffer.alloc(0);
  for await (const bytesOfPiece of bytes) {
    const piece = Buffer.from(
      bytesOfPiece.buffer,
      bytesOfPiece.byteOffset,
      bytesOfPiece.byteLength,
    );
    counted(linesIn(piece));
    const text = Buffer.concat([last, piece]);
    // A line feed that ends the piece ends a line that may be the last.
    const begin = text.length < 2 ? 0 : text.lastIndexOf(LINE_FEED, text.length - 2) + 1;
    hash.update(text.subarray(0, begin));
    last = text.subarray(begin);
    yield piece;
  }
  const { sha256 } = readTrailer(last);
  if (sha256 === hash.digest('hex')) return;
  throw new Failure('notAsPromised', 'What came is not what was sent: the digest is another.');
}

function readTrailer(line: Buffer): { sha256: string } {
  try {
    return readLine(line, FileTrailer);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure('notAsPromised', 'The last line, which has the digest, did not come.');
  }
}

function linesIn(piece: Buffer): number {
  let lines = 0;
  for (let at = piece.indexOf(LINE_FEED); at !== -1; at = piece.indexOf(LINE_FEED, at + 1)) lines++;
  return lines;
}
