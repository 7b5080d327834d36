import { expect, test } from 'vitest';
import { formats } from '../../web/format.ts';

const format = formats('en-US', 'USD');

test('formats() writes cents as money, with and without the fraction', () => {
  expect(format.money(123_456)).toBe('$1,234.56');
  expect(format.money(-5)).toBe('-$0.05');
  expect(format.moneyRounded(123_456)).toBe('$1,235');
  expect(formats('de-DE', 'EUR').money(123_456)).toBe('1.234,56\u00a0€');
});

test('formats() gives a change its sign', () => {
  expect(format.change(12.34)).toBe('+12.3%');
  expect(format.change(-10)).toBe('−10%');
  expect(format.change(0)).toBe('0%');
  expect(format.share(2.25)).toBe('2.3%');
});

test.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [1500, '1.5 s'],
  [9999, '10 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [5_400_000, '1 h 30 min'],
])('formats() writes %d ms as %s', (ms, words) => {
  expect(format.duration(ms).replaceAll('\u00a0', ' ')).toBe(words);
});

test('formats() names a country by its code and leaves alone what is none', () => {
  expect(format.country('BR')).toBe('Brazil');
  expect(format.country('Narnia')).toBe('Narnia');
});
