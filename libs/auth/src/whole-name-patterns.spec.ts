import { describe, expect, it } from '@jest/globals';
import { WholeNamePatterns } from './whole-name-patterns.js';

describe('WholeNamePatterns', () => {
  it('match the whole name or not at all', () => {
    const patterns = new WholeNamePatterns(['DATA_.*', 'MC']);
    expect(patterns.match('DATA_2026')).toBe(true);
    expect(patterns.match('MY_DATA_2026')).toBe(false);
    expect(patterns.match('MC')).toBe(true);
    expect(patterns.match('MC_2026')).toBe(false);
    expect(new WholeNamePatterns(['a|b']).match('ab')).toBe(false);
  });

  it.each([
    '(',
    '(?=DATA).*',
    String.raw`(.)\1`,
    '(((a{1000}){1000}){1000})',
    `(?:${'a'.repeat(240)}){1000}`,
    '.'.repeat(257),
  ])('leave out what they cannot use, and go on with the others: %.30s', (bad) => {
    const patterns = new WholeNamePatterns([bad, 'MC']);
    expect(patterns.unusable).toBe(bad);
    expect(patterns.match('MC')).toBe(true);
    expect(patterns.match('DATA')).toBe(false);
  });

  it('are bounded together', () => {
    const large = Array.from({ length: 100 }, (_, n) => `${n}[a-z]{1000}`);
    expect(new WholeNamePatterns(large).unusable).toBeDefined();
    const many = Array.from({ length: 300 }, (_, n) => `TAG_${n}`);
    const patterns = new WholeNamePatterns(many);
    expect(patterns.match('TAG_199')).toBe(true);
    expect(patterns.match('TAG_200')).toBe(false);
  });

  it('end on what makes others try for ever', () => {
    const patterns = new WholeNamePatterns(['(a+)+', '(a|aa)*c', '(.*)*(.*)*x']);
    expect(patterns.match(`${'a'.repeat(79)}!`)).toBe(false);
  });
});
