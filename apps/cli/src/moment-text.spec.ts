import { INT64_MAX } from '#iov';
import { describe, expect, it } from '@jest/globals';
import { endText, intervalText, momentText, parseEnd, parseMoment } from './moment-text.js';

describe('a moment', () => {
  it('is typed with or without its major part', () => {
    expect(parseMoment('1234')).toEqual({ major: 0n, minor: 1234n });
    expect(parseMoment('7,1234')).toEqual({ major: 7n, minor: 1234n });
    expect(parseMoment('7, 1234')).toEqual({ major: 7n, minor: 1234n });
    expect(parseMoment(String(INT64_MAX))).toEqual({ major: 0n, minor: INT64_MAX });
  });

  it.each(['', '-1', 'x', '1,', ',1', '1,2,3', '1.5', '9223372036854775808', '0x10', '1 2'])(
    'is not "%s"',
    (text) => {
      expect(() => parseMoment(text)).toThrow(/is not a moment/);
    },
  );

  it('is shown as it would be typed', () => {
    for (const text of ['0', '1234', '7,1234', '7,0']) {
      expect(momentText(parseMoment(text))).toBe(text);
    }
    expect(endText(null)).toBe('open');
    expect(intervalText({ from: { major: 0n, minor: 5n }, until: null })).toBe('5 – open');
  });
});

it('an end is a moment or a word', () => {
  expect(parseEnd('next')).toBe('next');
  expect(parseEnd('open')).toBe('open');
  expect(parseEnd('7,8')).toEqual({ major: 7n, minor: 8n });
  expect(() => parseEnd('never')).toThrow(/is not a moment/);
});
