import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../../shared/changes/exact-json.ts';

describe('parseExactJson()', () => {
  it('keeps the digits that a double would lose', () => {
    expect(parseExactJson('{"a":19.90,"b":9007199254740993,"c":1E+3,"d":0.1}')).toEqual({
      a: '19.90',
      b: '9007199254740993',
      c: '1E+3',
      d: 0.1,
    });
  });

  it('gives what JSON.parse gives where no digit is lost', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.stringify(parseExactJson(text), withoutTexts)).toBe(
          JSON.stringify(JSON.parse(text), withoutTexts),
        );
      }),
    );
  });

  it('refuses what is not JSON', () => {
    expect(() => parseExactJson('{"a":1.10')).toThrow(SyntaxError);
  });
});

/** A number kept as text is compared by its value. */
function withoutTexts(_key: string, value: unknown): unknown {
  return typeof value === 'string' && value !== '' && !Number.isNaN(Number(value))
    ? Number(value)
    : value;
}
