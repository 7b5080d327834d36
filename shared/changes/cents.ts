import type { ColumnValue } from './row-change.ts';

const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** Up to here a hundred times the double nearest to an amount lies next to its cents. */
const quickCentsMax = 2 ** 50;

/**
 * Money as DMS may write it (number, decimal text, exponent) in integer cents, without a float.
 *
 * @throws RangeError for anything that is not a decimal of at most two places, or is too large.
 */
export function toCents(value: ColumnValue | undefined): number {
  if (typeof value === 'number') {
    // Division rounds correctly: if the cents give back the very number, they are what it says.
    const cents = Math.round(value * 100);
    if (cents / 100 === value && Math.abs(cents) <= quickCentsMax) return cents === 0 ? 0 : cents;
  }
  const match = decimal.exec(String(value).trim());
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (!match || whole + fraction === '' || Math.abs(Number(exponent)) > 40) throw notMoney(value);
  // Move the point by the exponent, then by two places, and what is left behind it must be zero.
  const digits = whole + fraction;
  const point = whole.length + Number(exponent) + 2;
  const integer = point > 0 ? digits.padEnd(point, '0').slice(0, point) : '0';
  const rest = point > 0 ? digits.slice(point) : digits;
  const cents = Number(sign + integer);
  if (/[1-9]/.test(rest) || !Number.isSafeInteger(cents)) throw notMoney(value);
  return cents === 0 ? 0 : cents;
}

function notMoney(value: unknown): RangeError {
  return new RangeError(
    `Cannot read money: a decimal with two places is expected: received ${JSON.stringify(value)}`,
  );
}
