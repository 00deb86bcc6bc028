import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.js';

/** What C's isspace() takes away, and no other blank of Unicode. */
const AROUND = /^[ \f\n\r\t\v]+|[ \f\n\r\t\v]+$/g;
/** `b64token` of RFC 6750, section 2.1. */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

export interface FoundToken {
  readonly token: string;
  /** Where it was found, such as `BEARER_TOKEN`. */
  readonly place: string;
}

/**
 * Finds the token in the order of the WLCG Bearer Token Discovery: BEARER_TOKEN, the file that
 * BEARER_TOKEN_FILE names, `bt_u<uid>` in XDG_RUNTIME_DIR, `/tmp/bt_u<uid>`. An empty one is passed over.
 * @returns undefined if there is none
 * @throws Failure for one that is found and is no token, and for a named file that cannot be read
 * @see https://github.com/WLCG-AuthZ-WG/bearer-token-discovery/blob/master/specification.md
 */
export function discoverToken(
  env: NodeJS.ProcessEnv,
  uid: number | undefined,
): FoundToken | undefined {
  for (const { place, read } of places(env, uid)) {
    const token = read()?.replace(AROUND, '') ?? '';
    if (token === '') continue;
    if (TOKEN.test(token)) return { token, place };
    throw new Failure('notAllowed', `What is in ${place} is not a bearer token.`, 'bad-token');
  }
  return undefined;
}

interface Place {
  readonly place: string;
  readonly read: () => string | undefined;
}

function* places(env: NodeJS.ProcessEnv, uid: number | undefined): Generator<Place> {
  const { BEARER_TOKEN, BEARER_TOKEN_FILE, XDG_RUNTIME_DIR } = env;
  if (BEARER_TOKEN !== undefined) yield { place: 'BEARER_TOKEN', read: () => BEARER_TOKEN };
  if (BEARER_TOKEN_FILE !== undefined && BEARER_TOKEN_FILE !== '') {
    const place = `${BEARER_TOKEN_FILE} (BEARER_TOKEN_FILE)`;
    yield { place, read: () => readToken(BEARER_TOKEN_FILE, true) };
  }
  if (uid === undefined) return;
  for (const folder of [XDG_RUNTIME_DIR, '/tmp']) {
    if (folder === undefined || folder === '') continue;
    const path = join(folder, `bt_u${uid}`);
    yield { place: path, read: () => readToken(path, false) };
  }
}

function readToken(path: string, named: boolean): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !named) return undefined;
    const why = code === 'ENOENT' ? 'It does not exist.' : `It cannot be read (${String(code)}).`;
    throw new Failure('notAllowed', `No token in ${path}: ${why}`, 'no-token-file');
  }
}
