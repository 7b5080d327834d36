import type { Random } from '../../shared/random/random.ts';
import { isCardNumber } from '../../shared/shop/card-number.ts';

/** The shop's payment processor declines it. */
export const decliningCard = '4000000000000002';

/** A card number that nobody has: 16 digits with a right check digit, not one that is declined. */
export function makeCardNumber(random: Random): string {
  const digits = Array.from({ length: 13 }, () => random.integer(0, 9));
  const start = `4${digits.join('')}${random.integer(1, 9)}`; // so it never ends in 0002
  const number = Array.from({ length: 10 }, (_, check) => `${start}${check}`).find(isCardNumber);
  if (number === undefined) throw new Error(`Cannot make card number: received "${start}"`);
  return number;
}
