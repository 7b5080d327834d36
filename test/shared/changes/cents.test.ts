import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCents, toUnits } from '../../../shared/changes/cents.ts';

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

  it('reads a number as it reads its text, and refuses what lies beside every cent', () => {
    const cents = fc.integer({ min: -(10 ** 14), max: 10 ** 14 });
    fc.assert(
      fc.property(cents, fc.integer({ min: 1, max: 9 }), (amount, thousandth) => {
        const text = `${amount < 0 ? '-' : ''}${Math.floor(Math.abs(amount) / 100)}.${String(Math.abs(amount) % 100).padStart(2, '0')}`;
        expect(toCents(Number(text))).toBe(amount === 0 ? 0 : amount);
        if (Math.abs(amount) < 10 ** 12) {
          expect(() => toCents(Number(`${text}${thousandth}`))).toThrow('Cannot read money');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('toUnits()', () => {
  it('reads a decimal of any number of places, as a number and as its text, and no finer one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -99_999, max: 99_999 }),
        fc.integer({ min: 0, max: 6 }),
        (units, places) => {
          const text = (units / 10 ** places).toFixed(places);
          expect(toUnits(text, places)).toBe(units || 0);
          expect(toUnits(Number(text), places)).toBe(units || 0);
          expect(toUnits(`${units}e-${places}`, places)).toBe(units || 0);
          expect(toUnits(`${text}${places === 0 ? '.' : ''}1`, places)).toBeUndefined();
        },
      ),
    );
  });
});
