import { describe, expect, it } from '@jest/globals';
import { globalTag, payloadType, typeInTag } from './actions.js';
import { pathOf, readCapability } from './capability.js';

function covers(path: string, object: ReturnType<typeof globalTag>): boolean | undefined {
  return readCapability(`cdb.insert:${path}`)?.covers(object);
}

describe('The path of a capability', () => {
  it.each([
    ['/', 'sPHENIX_2024', true],
    ['/sPHENIX_', 'sPHENIX_2024', true],
    ['/sPHENIX_', 'sPHENIX_', true],
    ['/sPHENIX_', 'sPHENI', false],
    ['/sPHENIX_', 'my_sPHENIX_2024', false],
    ['/sPHENIX_2024/', 'sPHENIX_2024', true],
    ['/sPHENIX_2024/', 'sPHENIX_20245', false],
    ['/*_2024', 'sPHENIX_2024', true],
    ['/*_2024', 'sPHENIX_2024_v2', false],
    ['/s*X_20?4', 'sPHENIX_2024', true],
    ['/s*X_20?4', 'sPHENIX_20244', false],
    ['/s.*', 'sPHENIX', false],
    ['/%C3%A9t%C3%A9', 'été 2026', true],
    ['/a%20b', 'a b', true],
    ['/a%2Fb/', 'a/b', true],
    ['/a%2A', 'a*b', true],
    ['/a%2A', 'axb', false],
    ['/?', '漢', true],
    ['/sPHENIX_2024/BeamSpot', 'sPHENIX_2024', false],
    [`/${'*a'.repeat(30)}`, 'a'.repeat(79) + 'b', false],
  ])('%s covers the global tag %s: %s', (path, tag, expected) => {
    expect(covers(path, globalTag(tag))).toBe(expected);
  });

  it.each([
    ['/T', 'BeamSpot', true],
    ['/T/', 'BeamSpot', true],
    ['/T/Beam', 'BeamSpot', true],
    ['/T/Beam/', 'BeamSpot', false],
    ['/T/*Spot', 'BeamSpot', true],
    ['/*/BeamSpot/', 'BeamSpot', true],
    ['/U/BeamSpot', 'BeamSpot', false],
  ])('%s covers the payload type %s in the tag T: %s', (path, type, expected) => {
    expect(covers(path, typeInTag(type, 'T'))).toBe(expected);
  });

  it.each([
    ['/', true],
    ['/*', false],
    ['/*/Beam', false],
    ['/T', false],
    ['//Beam', true],
  ])('%s covers a payload type that is in no tag: %s', (path, expected) => {
    expect(covers(path, payloadType('BeamSpot'))).toBe(expected);
  });

  it.each([
    'cdb.insert',
    'cdb.insert:',
    'cdb.insert:T',
    'cdb.everything:/',
    'storage.read:/',
    'cdb.insert:/../T',
    'cdb.insert:/%',
    'cdb.insert:/a/b/c',
    `cdb.insert:/${'a'.repeat(2000)}`,
  ])('cannot be read: %.40s', (text) => {
    expect(readCapability(text)).toBeUndefined();
  });

  it('is told so that it covers what is asked for', () => {
    for (const object of [globalTag('a/b *?'), typeInTag('é "x"', 'T')]) {
      expect(covers(pathOf(object), object)).toBe(true);
    }
  });
});
