import type { Random } from '../../shared/random/random.ts';
import { isCardNumber } from '../../shared/shop/card-number.ts';

/** A card number that nobody has: 16 digits with a right check digit, not one that is declined. */
export function makeCardNumber(random: Random): string {
  const start = `4${digits(random, 13)}${random.integer(1, 9)}`; // so it never ends in 0002
  return completed(start, '');
}

/** One that the shop's payment processor declines. */
export function makeDecliningCardNumber(random: Random): string {
  return completed(`4${digits(random, 10)}`, '0002');
}

function digits(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.integer(0, 9)).join('');
}

/** One of the ten digits in between makes the whole pass the check. */
function completed(start: string, end: string): string {
  const number = Array.from({ length: 10 }, (_, digit) => `${start}${digit}${end}`).find(
    isCardNumber,
  );
  if (number === undefined) throw new Error(`Cannot make card number: received "${start}"`);
  return number;
}
