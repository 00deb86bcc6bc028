import { type Action } from './actions.js';
import { type Identity } from './identity.js';
import { type Policy, type Question } from './policy.js';
import { WholeNamePatterns } from './whole-name-patterns.js';

const ADMIN = 'b2cdb:admin';
const CREATE_IOV = 'b2cdb:createiov';
const CREATE_PAYLOAD = 'b2cdb:createpayload';

type Claim = typeof ADMIN | typeof CREATE_IOV | typeof CREATE_PAYLOAD;
type Rights = Readonly<Record<Claim, WholeNamePatterns>>;

/** What can be prepared outside of all tags without changing what is there. */
const PREPARING: ReadonlySet<Action> = new Set(['create', 'insert']);

/** The claims of one token are compiled once. */
const compiled = new WeakMap<Identity, Rights>();

/**
 * Belle II: three claims with lists of regular expressions. `b2cdb:admin` and `b2cdb:createiov` must
 * match the name of the global tag, `b2cdb:createpayload` the payload type. Everybody may read.
 */
export const belle2: Policy = {
  name: 'belle2',
  decide(question) {
    if (question.action === 'read') return true;
    const rights = rightsOf(question.identity);
    const claims = claimsFor(question);
    if (claims.some((claim) => grants(rights[claim], claim, question))) return true;
    const bad = claims.find((claim) => rights[claim].unusable !== undefined);
    const hint =
      bad === undefined ? '' : ` (in ${bad} an expression cannot be used: ${brief(rights[bad])})`;
    return `${claims.join(' or ')} with an expression that matches${hint}`;
  },
};

function claimsFor({ action, kind, globalTag }: Question): Claim[] {
  if (globalTag !== null) return action === 'insert' ? [CREATE_IOV, ADMIN] : [ADMIN];
  return kind !== 'status' && PREPARING.has(action) ? [CREATE_PAYLOAD, ADMIN] : [ADMIN];
}

function grants(patterns: WholeNamePatterns, claim: Claim, question: Question): boolean {
  const { action, kind, globalTag, payloadType, name } = question;
  // A payload that is in no list answers nowhere, and has no type yet.
  if (claim === CREATE_PAYLOAD && kind === 'payload' && action === 'create') return !patterns.none;
  return patterns.match(globalTag ?? payloadType ?? name);
}

function rightsOf(identity: Identity): Rights {
  const known = compiled.get(identity);
  if (known !== undefined) return known;
  const patterns = (claim: Claim): WholeNamePatterns =>
    new WholeNamePatterns(texts(identity.claims[claim]));
  const rights: Rights = {
    [ADMIN]: patterns(ADMIN),
    [CREATE_IOV]: patterns(CREATE_IOV),
    [CREATE_PAYLOAD]: patterns(CREATE_PAYLOAD),
  };
  compiled.set(identity, rights);
  return rights;
}

/** A single text counts as a list of one; what is no text is left out. */
function texts(claim: unknown): string[] {
  const values: unknown[] = Array.isArray(claim) ? claim : [claim];
  return values.filter((value) => typeof value === 'string');
}

function brief({ unusable = '' }: WholeNamePatterns): string {
  return JSON.stringify(unusable.slice(0, 60));
}
