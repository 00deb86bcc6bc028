import { describe, expect, it } from '@jest/globals';
import { identityOf } from './token-claims.js';
import { TokenRefusal } from './token-refusal.js';

const NOW = 1_800_000_000;
const EXPECTED = {
  knownAs: 'portal',
  issuer: 'portal',
  audiences: ['cdb'],
  complete: true,
  clockSkewS: 30,
  now: NOW,
};
const GOOD = { iss: 'portal', aud: 'cdb', sub: 'alice', exp: NOW + 60 };

describe('identityOf', () => {
  it('tells who it is, and until when', () => {
    expect(identityOf(GOOD, EXPECTED)).toEqual({
      subject: 'alice',
      issuer: 'portal',
      expires: new Date((NOW + 60) * 1000),
      claims: GOOD,
    });
  });

  it.each([
    ['exp', NOW - 30, false],
    ['exp', NOW - 29, true],
    ['nbf', NOW + 30, true],
    ['nbf', NOW + 31, false],
    ['exp', 1e300, false],
    ['exp', -1, false],
    ['exp', null, false],
    ['aud', [], false],
    ['aud', [7, 'cdb'], true],
    ['aud', { cdb: true }, false],
    ['sub', '', false],
    ['sub', 7, false],
    ['sub', '\ud800', false],
    ['iss', ['portal'], false],
  ])('%s of %j: %s', (claim, value, taken) => {
    const identify = () => identityOf({ ...GOOD, [claim]: value }, EXPECTED);
    if (taken) expect(identify().subject).toBe('alice');
    else expect(identify).toThrow(TokenRefusal);
  });
});
