import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from '#problems';
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

  it.each(['2', '9223372036854775807', '0.12345678901234567'])(
    'takes the last of two equal keys beside %s',
    (number) => {
      expect(parseJson(`{"a":1,"n":${number},"a":"last"}`)).toMatchObject({ a: 'last' });
    },
  );

  it.each([
    ['1.00', 1],
    ['1.000000000000000000', 1],
    ['-0.00000000000000000000', -0],
    ['0e-400', 0],
    ['-0e-400', -0],
    ['1e3', 1000],
    ['1.5e1', 15],
    ['1000e-3', 1],
    ['0.5', 0.5],
    ['0.12345678901234567890', 0.12345678901234568],
    ['1e400', Infinity],
  ])('reads %s as %d', (text, value) => {
    expect(parseJson(`[${text}]`)).toEqual([value]);
  });

  it.each([
    ...['0.99999999999999999999', '1.00000000000000000001', '-0.00000000000000000001e-400'],
    ...['1e-400', '1E-400', '9007199254740990.01', '999999999999999.999999999999999'],
  ])('refuses %s, which a number would make an integer', (text) => {
    for (const body of [text, `{"n":${text}}`, `[${text},9223372036854775807]`]) {
      expect(() => parseJson(body)).toThrow(/is no integer/);
    }
  });

  it('reads an integer that is in no range without working on its digits', () => {
    expect(parseJson('9'.repeat(1_000_000))).toBe(Infinity);
  });
});

describe('the limits', () => {
  const fields = (count: number) =>
    `{${Array.from({ length: count }, (_, i) => `"k${i}":[1,"{,,"]`).join()}}`;

  it('an object has at most 100 fields, however deep it is', () => {
    expect(Object.keys(parseJson(fields(100)) as object)).toHaveLength(100);
    for (const text of [fields(101), `[${fields(101)}]`, `{"a":[1,${fields(101)}]}`]) {
      expect(() => parseJson(text)).toThrow('An object in the body has more than 100 fields.');
    }
  });

  it('fields are counted anew in each object, and not in lists and strings', () => {
    const list = `[${Array.from({ length: 300 }, () => '{"a":1,"b":"\\\",,,{["}').join()}]`;
    expect(parseJson(list)).toHaveLength(300);
  });

  it('a body has at most a million values', () => {
    expect(parseJson(`[${'1,'.repeat(999_997)}1]`)).toHaveLength(999_998);
    for (const text of ['1,', '{},', '[],'].map((each) => `[${each.repeat(1_000_000)}1]`)) {
      expect(() => parseJson(text)).toThrow(Problem);
    }
  });

  it('a body is at most 32 deep', () => {
    expect(parseJson('['.repeat(32) + ']'.repeat(32))).toBeDefined();
    expect(() => parseJson('['.repeat(33) + ']'.repeat(33))).toThrow(Problem);
  });

  it('text that is cut off anywhere is no JSON', () => {
    const text = '{"a":["\\",-1.5e3,{"b":12345678901234567}]}';
    for (let end = 1; end < text.length; end++) {
      expect(() => parseJson(text.slice(0, end))).toThrow(SyntaxError);
    }
  });
});

describe('writeJson', () => {
  it('passes text through that is JSON already', () => {
    expect(writeJson(new JsonText('[9223372036854775807]'))).toBe('[9223372036854775807]');
  });
});
