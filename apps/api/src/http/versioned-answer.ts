import { type FastifyReply, type FastifyRequest } from 'fastify';

/** JSON that belongs to a state of what it shows. */
interface VersionedAnswer {
  readonly body: Buffer | string;
  readonly version?: string;
  readonly fromMemory: boolean;
}

const YEAR_S = 31_536_000;

/**
 * Sends an answer so that clients and caches on the way can keep it: a strong ETag, 304 to whoever
 * has it already; what can change is asked for again each time, what cannot is kept. `Cache-Status`
 * (RFC 9211) tells whether memory or the database answered.
 */
export function sendVersioned(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, version, fromMemory }: VersionedAnswer,
  immutable: boolean,
): void {
  void reply.header('cache-status', fromMemory ? 'Tempora; hit' : 'Tempora; fwd=miss');
  void reply.header(
    'cache-control',
    immutable ? `public, max-age=${YEAR_S}, immutable` : 'no-cache',
  );
  if (version !== undefined) {
    const tag = `"${version}"`;
    void reply.header('etag', tag);
    if (isHeld(request.headers['if-none-match'], tag)) {
      void reply.code(304).send();
      return;
    }
  }
  void reply.type('application/json; charset=utf-8').send(body);
}

/** What the headers of such an answer say. */
export const VERSIONED_HEADERS = {
  ETag: {
    description: 'Names this answer: send it as `If-None-Match` to be told 304 while it is so.',
    schema: { type: 'string' },
  },
  'Cache-Control': {
    description: '`no-cache`, or `immutable` where the global tag is frozen for good.',
    schema: { type: 'string' },
  },
  'Cache-Status': {
    description: 'Whether memory answered (`hit`) or the database.',
    schema: { type: 'string' },
  },
} as const;

/** RFC 9110, 13.1.2: a list of tags, weak ones counting as strong, or anything at all. */
function isHeld(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((each) => each.trim().replace(/^W\//, '') === tag);
}
