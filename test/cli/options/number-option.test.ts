import { expect, test } from 'vitest';
import { numberOption } from '../../../cli/options/number-option.ts';

test('numberOption() takes numbers within its bounds', () => {
  expect(numberOption('do it', '--n', ' 12.5 ')).toBe(12.5);
  expect(numberOption('do it', '--n', '1e3', { max: 1_000, isWhole: true })).toBe(1_000);
});

test.each([
  ['', {}, 'a number from 0 on: received ""'],
  ['many', {}, 'a number from 0 on: received "many"'],
  ['-1', { isWhole: true }, 'a whole number from 0 on: received "-1"'],
  ['1.5', { min: 1, max: 3, isWhole: true }, 'a whole number from 1 to 3: received "1.5"'],
  ['0', { min: Number.MIN_VALUE, max: 9 }, 'a number above 0 and up to 9: received "0"'],
  ['0', { min: Number.MIN_VALUE }, 'a number above 0: received "0"'],
  ['Infinity', {}, 'received "Infinity"'],
])('numberOption() refuses %j within %j', (text, bounds, message) => {
  expect(() => numberOption('do it', '--n', text, bounds)).toThrow(
    new RegExp(`^Cannot do it: --n must be .*${message}$|${message}$`),
  );
});
