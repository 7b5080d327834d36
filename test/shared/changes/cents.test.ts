import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCents } from '../../../shared/changes/cents.ts';

describe('toCents()', () => {
  it.each([
    ['19.90', 1990],
    [19.9, 1990],
    ['0', 0],
    ['-3.5', -350],
    ['.07', 7],
    ['7.', 700],
    ['1.5E+1', 1500],
    ['1E-2', 1],
    ['12.3400', 1234],
    ['9999999999.99', 999_999_999_999],
  ])('reads %s', (value, cents) => {
    expect(toCents(value)).toBe(cents);
  });

  it.each(['', '.', 'x', '1,00', '0.001', '1E-3', null, true, 'NaN', '1e400', '99999999999999999'])(
    'refuses %s',
    (value) => {
      expect(() => toCents(value)).toThrow('Cannot read money');
    },
  );

  it('gives back every amount that PostgreSQL writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5_000_000_00, max: 5_000_000_00 }), (cents) => {
        expect(toCents((cents / 100).toFixed(2))).toBe(cents === 0 ? 0 : cents);
      }),
    );
  });
});
