import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Moment } from '#iov';
import { type Window } from '#timeline';

/** JSON that belongs to a state of what it shows. */
export interface VersionedAnswer {
  /** Bytes from memory, text from PostgreSQL. */
  readonly body: Buffer | string;
  /** Names the state it was read from, and what was asked of it; undefined where nothing is there. */
  readonly version?: string;
  /** Whether what it shows can never change. */
  readonly immutable: boolean;
  /** Where it stays the same. */
  readonly window: Window;
  readonly fromMemory: boolean;
  /** For how long it has not been known whether it is still so, milliseconds; undefined: it is. */
  readonly staleMs?: number | undefined;
}

/** What is shown, and for how long it has not been known whether it is still so, milliseconds. */
export interface MaybeStale<T> {
  readonly shown: T;
  readonly staleMs: number | undefined;
}

const YEAR_S = 31_536_000;

/** Status and header fields of an answer: name, value, name, value. */
interface Head {
  readonly status: 200 | 304;
  readonly fields: string[];
}

/**
 * Sends an answer so that clients and caches on the way can keep it: a strong ETag, 304 to whoever
 * has it already; what can change is asked for again each time, what cannot is kept. `Valid-From`
 * and `Valid-Until` tell for which moments it is the answer, too, and `Cache-Status` (RFC 9211)
 * whether memory or the database answered.
 */
export function sendVersioned(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: VersionedAnswer,
): void {
  const { status, fields } = headOf(answer, request.headers['if-none-match']);
  for (let i = 0; i < fields.length; i += 2) {
    void reply.header(fields[i] ?? '', fields[i + 1] ?? '');
  }
  void reply.code(status).send(status === 200 ? answer.body : undefined);
}

/** The head for who asks with this `If-None-Match`; what belongs to the body alone only with one. */
export function headOf(answer: VersionedAnswer, ifNoneMatch: string | undefined): Head {
  const { version, immutable, window, fromMemory, staleMs } = answer;
  if (staleMs !== undefined) return { status: 200, fields: staleFields(window, staleMs) };
  const fields = [
    'cache-status',
    fromMemory ? 'Tempora; hit' : 'Tempora; fwd=miss',
    ...windowFields(window),
    'cache-control',
    immutable ? `public, max-age=${YEAR_S}, immutable` : 'no-cache',
  ];
  if (version !== undefined) {
    const tag = `"${version}"`;
    fields.push('etag', tag);
    if (isHeld(ifNoneMatch, tag)) return { status: 304, fields };
  }
  fields.push(...JSON_TYPE);
  return { status: 200, fields };
}

/** Nothing that a cache could keep, or show to be fresh. */
function staleFields(window: Window, staleMs: number): string[] {
  return [...Object.entries(staleHeaders(staleMs)).flat(), ...windowFields(window), ...JSON_TYPE];
}

/** What marks an answer that may have changed meanwhile; no cache keeps it. */
function staleHeaders(staleMs: number): Readonly<Record<string, string>> {
  const seconds = String(Math.ceil(staleMs / 1000));
  return {
    'cache-status': `Tempora; hit; ttl=-${seconds}`,
    'tempora-stale': seconds,
    'cache-control': 'no-store',
  };
}

/** What is shown; the answer is marked if it may have changed meanwhile. */
export function marked<T>(reply: FastifyReply, { shown, staleMs }: MaybeStale<T>): T {
  if (staleMs !== undefined) void reply.headers(staleHeaders(staleMs));
  return shown;
}

const JSON_TYPE = ['content-type', 'application/json; charset=utf-8'];

function windowFields({ from, until }: Window): string[] {
  const end = until === null ? 'open' : momentText(until);
  return ['valid-from', momentText(from), 'valid-until', end];
}

function momentText({ major, minor }: Moment): string {
  return `${major}/${minor}`;
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
  'Tempora-Stale': {
    description:
      'Only where no database answers, and the operator allows it (`CDB_SERVE_STALE`): for how many ' +
      'seconds it has not been known whether this is still so. Such an answer is not to be kept.',
    schema: { type: 'string' },
    example: '12',
  },
  'Valid-From': {
    description: 'The first moment, `major/minor`, since which the whole answer is the same.',
    schema: { type: 'string' },
    example: '0/1250',
  },
  'Valid-Until': {
    description:
      'The first later moment, `major/minor`, that is answered otherwise (in discrete mode the last ' +
      'one that is answered so); `open`: none is.',
    schema: { type: 'string' },
    example: '0/1275',
  },
} as const;

/** RFC 9110, 13.1.2: a list of tags, weak ones counting as strong, or anything at all. */
function isHeld(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((each) => each.trim().replace(/^W\//, '') === tag);
}
