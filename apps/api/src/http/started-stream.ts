import { Readable } from 'node:stream';

/**
 * Text that is sent as it is made; undefined if there is none. It waits for the first piece, so that
 * what goes wrong before is told by the status.
 */
export async function startedStream(pieces: AsyncGenerator<string>): Promise<Readable | undefined> {
  const first = await pieces.next();
  if (first.done === true) return undefined;
  const stream = Readable.from(
    (async function* () {
      yield first.value;
      yield* pieces;
    })(),
    { objectMode: false },
  );
  // A client that has gone before the first piece was taken has begun nothing that would end.
  stream.once('close', () => void pieces.return(undefined));
  return stream;
}
