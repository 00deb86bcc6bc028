import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonText, parseJson, writeJson } from './int64-json.js';

describe('parseJson', () => {
  it('keeps every int64 exact, both ways', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (value) => {
        const parsed = parseJson(`{"a":[${value}]}`) as { a: [number | bigint] };
        return BigInt(parsed.a[0]) === value && writeJson({ a: [value] }) === `{"a":[${value}]}`;
      }),
    );
  });

  it('reads all other JSON as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        if (/\d{16}|__proto__|constructor/.test(text)) return;
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    '{"__proto__": {"admin": true}}',
    '{"a": {"\\u005f_proto__": 1}}',
    '{"__proto__": {"admin": 1}, "n": 9223372036854775807}',
    '{"constructor": {"prototype": {"admin": 1}}}',
  ])('refuses %s', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });
});

describe('writeJson', () => {
  it('passes text through that is JSON already', () => {
    expect(writeJson(new JsonText('[9223372036854775807]'))).toBe('[9223372036854775807]');
  });
});
