import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../../shared/changes/exact-json.ts';

describe('parseExactJson()', () => {
  it.each(['', ' '])(
    'keeps the digits that a double would lose, after a colon and "%s"',
    (space) => {
      const text = '{"a":19.90,"b":9007199254740993,"c":-19.900000000000000001,"d":0.1,"e":1E+3}';
      expect(parseExactJson(text.replaceAll(':', `:${space}`))).toEqual({
        a: 19.9,
        b: '9007199254740993',
        c: '-19.900000000000000001',
        d: 0.1,
        e: 1_000,
      });
    },
  );

  it('keeps them wherever they stand', () => {
    const integer = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });
    const before = fc.array(fc.oneof(fc.string(), fc.integer(), fc.double({ noNaN: true })));
    fc.assert(
      fc.property(before, integer, fc.nat(30), ([...others], value, places) => {
        const decimal = places === 0 ? `${value}` : `${value}.${'7'.repeat(places)}`;
        const text = `[${others.map((other) => JSON.stringify(other)).join()}${others.length > 0 ? ',' : ''}${decimal}]`;
        const parsed = parseExactJson(text);
        const last = Array.isArray(parsed) ? parsed.at(-1) : undefined;
        const digits = decimal.replace('-', '').replace('.', '').replace(/^0+/, '');
        if (typeof last === 'string') expect(last).toBe(decimal);
        else expect(digits.length <= 15 || String(last) === decimal).toBe(true);
      }),
      { numRuns: 2_000 },
    );
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
