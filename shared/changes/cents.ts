import type { ColumnValue } from './row-change.ts';

const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** Up to here so many times the double nearest to a decimal lies next to its units. */
const quickUnitsMax = 2 ** 50;

/**
 * Money as DMS may write it (number, decimal text, exponent) in integer cents, without a float.
 *
 * @throws RangeError for anything that is not a decimal of at most two places, or is too large.
 */
export function toCents(value: ColumnValue | undefined): number {
  const cents = toUnits(value, 2);
  if (cents !== undefined) return cents;
  throw new RangeError(
    `Cannot read money: a decimal with two places is expected: received ${JSON.stringify(value)}`,
  );
}

/**
 * A decimal as DMS may write it as a whole number of its last place, without a float; undefined for
 * what is no decimal of so many places, or is too large.
 */
export function toUnits(value: ColumnValue | undefined, places: number): number | undefined {
  if (typeof value === 'number') {
    // Division rounds correctly: if the units give back the very number, they are what it says.
    const units = Math.round(value * 10 ** places);
    if (units / 10 ** places === value && Math.abs(units) <= quickUnitsMax) return units || 0;
  }
  const match = decimal.exec(String(value).trim());
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (!match || whole + fraction === '' || Math.abs(Number(exponent)) > 40) return undefined;
  // Move the point by the exponent, then by the places, and what is left behind it must be zero.
  const digits = whole + fraction;
  const point = whole.length + Number(exponent) + places;
  const integer = point > 0 ? digits.padEnd(point, '0').slice(0, point) : '0';
  const rest = point > 0 ? digits.slice(point) : digits;
  const units = Number(sign + integer);
  if (/[1-9]/.test(rest) || !Number.isSafeInteger(units)) return undefined;
  return units || 0;
}
