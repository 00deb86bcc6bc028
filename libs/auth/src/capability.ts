import { RE2JS } from 're2js';
import { ACTIONS, type PermissionObject } from './actions.js';

/** What `cdb.<right>:<path>` gives. */
export interface Capability {
  readonly right: Right;
  readonly covers: (object: PermissionObject) => boolean;
  /** The same, if tags do not matter. */
  readonly coversType: (payloadType: string | null) => boolean;
}

/** An action, or all of them. */
export const RIGHTS = [...ACTIONS, 'admin'] as const;
export type Right = (typeof RIGHTS)[number];

const CAPABILITY = /^cdb\.([a-z]+):\/(\S*)$/;
/** Longer ones name no tag. */
const MAX_LENGTH = 1024;

/** Whether a part of a path covers a name. */
type PartMatcher = (name: string) => boolean;

/**
 * Reads one word of a scope; undefined where it is none of ours.
 *
 * Its path is `/<global tag>/<payload type>`. The part after the last slash covers all names that
 * begin with it; a part with a slash behind it, or with `*` or `?` in it, must be the whole name.
 * `/` covers everything, also what is in no tag.
 */
export function readCapability(text: string): Capability | undefined {
  const [, word, path = ''] = text.length > MAX_LENGTH ? [] : (CAPABILITY.exec(text) ?? []);
  const right = RIGHTS.find((each) => each === word);
  if (right === undefined) return undefined;
  const parts = path.split('/');
  if (parts.length > 3 || (parts.length === 3 && parts[2] !== '')) return undefined;
  const matchers: PartMatcher[] = [];
  for (const [position, part] of parts.entries()) {
    const matcher = partMatcher(part, position === parts.length - 1);
    if (matcher === undefined) return undefined;
    matchers.push(matcher);
  }
  return {
    right,
    covers: (object) => {
      const names = namesOf(object);
      return matchers.every((matcher, position) => matcher(names[position] ?? NOTHING));
    },
    coversType: (payloadType) => matchers[1]?.(payloadType ?? NOTHING) ?? true,
  };
}

/** Stands where an object has no name; only a part that says nothing covers it. */
const NOTHING = '/';

function namesOf({ globalTag, payloadType }: PermissionObject): string[] {
  return payloadType === null ? [globalTag ?? ''] : [globalTag ?? '', payloadType];
}

/** What a scope must cover for an object, written as one. */
export function pathOf(object: PermissionObject): string {
  const [tag = '', type] = namesOf(object).map(encodeURIComponent);
  if (tag === '') return '/';
  return type === undefined ? `/${tag}/` : `/${tag}/${type}/`;
}

function partMatcher(part: string, last: boolean): PartMatcher | undefined {
  if (part === '' && last) return () => true;
  if (part === '.' || part === '..') return undefined;
  try {
    if (!/[*?]/.test(part)) {
      const name = decodeURIComponent(part);
      return last ? (asked) => asked.startsWith(name) : (asked) => asked === name;
    }
    const pieces = part.split(/([*?])/).map((piece) => {
      if (piece === '*') return '.*';
      return piece === '?' ? '.' : RE2JS.quote(decodeURIComponent(piece));
    });
    const glob = RE2JS.compile(pieces.join(''), RE2JS.DOTALL);
    // What is in no global tag has no name there that a pattern could match.
    return (asked) => asked !== NOTHING && asked !== '' && glob.testExact(asked);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
