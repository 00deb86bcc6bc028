import { type Action } from './actions.js';
import { type Capability, pathOf, readCapability, type Right } from './capability.js';
import { type Identity } from './identity.js';
import { type Policy, type Question } from './policy.js';
import { type PolicyFile, rolesOf } from './policy-file.js';

/** Rights that give an action besides the one of its own name, and `admin`. */
const ALSO_GIVEN_BY: Partial<Record<Action, Right>> = {
  // A type that a tag does not have yet changes no answer of the others.
  attach: 'insert',
};

/** What is made outside of all tags changes nothing: whoever may insert anywhere may prepare it. */
const PREPARING: ReadonlySet<Question['kind']> = new Set([
  'payload-type',
  'payload-list',
  'payload',
]);

/**
 * Rights as capabilities: those that a token brings in its scopes, as the profiles of WLCG and
 * SciTokens write them, and those of the roles that a policy file gives its groups.
 * @param file the policy file as it is at the moment; null: there is none
 */
export function scopesPolicy(file: () => PolicyFile | null): Policy {
  const held = new WeakMap<Identity, { file: PolicyFile | null; rights: readonly Capability[] }>();
  const rightsOf = (identity: Identity): readonly Capability[] => {
    const now = file();
    const known = held.get(identity);
    if (known !== undefined && known.file === now) return known.rights;
    const rights = [...ownScopes(identity, now), ...rolesOf(identity, now)].flatMap((text) => {
      const capability = readCapability(text);
      return capability === undefined ? [] : [capability];
    });
    held.set(identity, { file: now, rights });
    return rights;
  };
  return {
    name: 'scopes',
    decide(question) {
      const { action, kind, globalTag, payloadType } = question;
      const rights = rightsOf(question.identity);
      const wanted = new Set<Right>([action, 'admin', ALSO_GIVEN_BY[action] ?? action]);
      if (rights.some(({ right, covers }) => wanted.has(right) && covers(question))) return true;
      const prepares = action === 'create' && globalTag === null && PREPARING.has(kind);
      if (!prepares) return `cdb.${action}:${pathOf(question)}`;
      const inserts = ({ right, coversType }: Capability): boolean =>
        (right === 'insert' || right === 'admin') &&
        (payloadType === null || coversType(payloadType));
      return rights.some(inserts) ? true : 'cdb.insert for any global tag';
    },
  };
}

/** RFC 8693, 4.2: words with blanks between them. Some issuers send a list. */
function ownScopes({ claims, issuer }: Identity, file: PolicyFile | null): string[] {
  if (file?.issuers[issuer]?.scopes === false) return [];
  const scope = claims['scope'] ?? claims['scp'];
  const words: unknown[] = Array.isArray(scope) ? scope : [scope];
  return words.flatMap((word) => (typeof word === 'string' ? word.split(' ') : []));
}
