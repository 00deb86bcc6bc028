import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { type Identity } from './identity.js';
import { parsePolicyFile, PolicyFileError, rolesOf } from './policy-file.js';
import { POLICY_FILE_SCHEMA } from './policy-file.schema.js';

const FILE = `
roles:
  calibrator: ['cdb.insert:/sPHENIX_']
  manager: ['cdb.admin:/']
issuers:
  https://iam.example.org/:
    groups:
      wlcg.groups:
        /sphenix/calibration: [calibrator]
        /sphenix/production: [manager, calibrator]
      realm_access.roles:
        manager: [manager]
    subjects:
      6a6f: [manager]
  https://cilogon.org:
    scopes: false
    everybody: [calibrator]
`;

function somebody(claims: Record<string, unknown>, more: Partial<Identity> = {}): Identity {
  const issuer = 'https://iam.example.org/';
  return { subject: 'alice', issuer, expires: null, claims, ...more };
}

describe('A policy file', () => {
  const file = parsePolicyFile(FILE);

  it.each<[string, Identity, string[]]>([
    ['nobody', somebody({}), []],
    ['a group', somebody({ 'wlcg.groups': ['/sphenix/calibration'] }), ['cdb.insert:/sPHENIX_']],
    [
      'several groups',
      somebody({ 'wlcg.groups': ['/sphenix/calibration', '/sphenix/production', 7] }),
      ['cdb.insert:/sPHENIX_', 'cdb.admin:/'],
    ],
    [
      'a group as a text',
      somebody({ 'wlcg.groups': '/sphenix/calibration' }),
      ['cdb.insert:/sPHENIX_'],
    ],
    ['a role in an object', somebody({ realm_access: { roles: ['manager'] } }), ['cdb.admin:/']],
    ['a subject', somebody({}, { subject: '6a6f' }), ['cdb.admin:/']],
    [
      'everybody of an issuer',
      somebody({}, { issuer: 'https://cilogon.org' }),
      ['cdb.insert:/sPHENIX_'],
    ],
    [
      'a subject of another issuer',
      somebody(
        { 'wlcg.groups': ['/sphenix/production'] },
        { subject: '6a6f', issuer: 'https://evil.example.org' },
      ),
      [],
    ],
    ['names that every object has', somebody({ 'wlcg.groups': ['constructor', '__proto__'] }), []],
  ])('gives its rights to %s', (_, identity, rights) => {
    expect(new Set(rolesOf(identity, file))).toEqual(new Set(rights));
  });

  it.each([
    ['', /it must be object/],
    ['roles: {}', /it must have required property 'issuers'/],
    ['roles: {}\nissuers: {}\nrole: {}', /additional properties: role/],
    ['roles: { a: cdb.read:/ }\nissuers: {}', /\/roles\/a must be array/],
    ['roles: { a: [cdb.dance:/] }\nissuers: {}', /\/roles\/a\/0 must match/],
    ['roles: { a: [cdb.read:/../x] }\nissuers: {}', /the role a has cdb.read:\/..\/x/],
    ['roles: {}\nissuers: { x: { everybody: [boss] } }', /the role boss, which is not among/],
    ['roles: {\nissuers: {}', /at line 2/],
    ['roles: {}\nroles: {}\nissuers: {}', /unique at line 2/],
    ['roles: &a {}\nissuers: *a', /alias/i],
  ])('is refused where it is %j', (text, why) => {
    expect(() => parsePolicyFile(text)).toThrow(PolicyFileError);
    expect(() => parsePolicyFile(text)).toThrow(why);
  });

  it('is described by docs/policy.schema.json', () => {
    const schema = new URL('../../../docs/policy.schema.json', import.meta.url);
    expect(JSON.parse(readFileSync(schema, 'utf8'))).toEqual(POLICY_FILE_SCHEMA);
  });
});
