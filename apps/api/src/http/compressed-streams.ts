import { pipeline, Readable, type Transform } from 'node:stream';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import { type FastifyInstance } from 'fastify';

/** The quickest level of each: the next ones save little more and cost four times as much. */
const ENCODERS: readonly [string, () => Transform][] = [
  [
    'br',
    () =>
      createBrotliCompress({
        params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MIN_QUALITY + 1 },
      }),
  ],
  ['gzip', () => createGzip({ level: constants.Z_BEST_SPEED })],
];

const COMPRESSED = /^application\/(json|x-ndjson)\b/;

/**
 * Compresses JSON that is streamed, for clients that take it so. All else is small: compressing it
 * costs more time than its bytes take on a network.
 */
export function compressStreams(fastify: FastifyInstance): void {
  fastify.addHook('onSend', async (request, reply, payload) => {
    if (!(payload instanceof Readable)) return payload;
    if (!COMPRESSED.test(String(reply.getHeader('content-type')))) return payload;
    const vary = reply.getHeader('vary');
    void reply.header(
      'vary',
      vary === undefined ? 'accept-encoding' : `${String(vary)}, accept-encoding`,
    );
    const accepted = acceptedEncodings(request.headers['accept-encoding']);
    const encoder = ENCODERS.find(([name]) => accepted(name));
    if (encoder === undefined) return payload;
    const [name, create] = encoder;
    void reply.header('content-encoding', name).removeHeader('content-length');
    // An error ends both; whoever sends the compressed stream is told.
    return pipeline(payload, create(), () => undefined);
  });
}

/** RFC 9110, 12.5.3: names with weights; 0 means no, an asterisk all that are not named. */
function acceptedEncodings(header: string | string[] | undefined): (name: string) => boolean {
  const weights = new Map<string, number>();
  for (const each of String(header ?? '').split(',')) {
    const [name = '', ...parameters] = each.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    weights.set(name, Number(weight));
  }
  return (name) => (weights.get(name) ?? weights.get('*') ?? 0) > 0;
}
