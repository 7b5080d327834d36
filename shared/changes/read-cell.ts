import { toCents } from './cents.ts';
import type { ColumnValue } from './row-change.ts';
import { utcInstantMs } from './utc-instant.ts';

type Cell = ColumnValue | undefined;

// What the columns can hold, and nothing larger: a fact becomes a key, an alert, a line of a page.
export const idLengthMax = 64;
const textLengthMax = 64;
/** `numeric(12, 2)`: windows of thousands of the largest orders still add up exactly. */
const amountCentsMax = 1e12;

/** A boolean in every form that captures write; absent in records from before the column. */
export function isTrue(value: Cell): boolean {
  return value === true || value === 't' || value === 'true' || value === 1 || value === '1';
}

/**
 * A reader of one column that takes null, and nothing at all in records from before the column.
 * Readers throw RangeError for what the column does not hold, and say what it is.
 */
export function orNull<Value>(read: (column: string, value: Cell) => Value) {
  return (column: string, value: Cell): Value | null =>
    value === null || value === undefined ? null : read(column, value);
}

/** A row's id, whatever the capture wrote it as. */
export function id(column: string, value: Cell): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value === 'string' && value !== '' && value.length <= idLengthMax) return value;
  throw wrong(column, `an integer or 1 to ${idLengthMax} characters`, value);
}

/** A short text. */
export const text = orNull((column, value): string => {
  if (typeof value === 'string' && value.length <= textLengthMax) return value;
  throw wrong(column, `at most ${textLengthMax} characters`, value);
});

/** A reader of one of these words. */
export function oneOf<Word extends string>(words: readonly Word[]) {
  return (column: string, value: Cell): Word => {
    const word = words.find((each) => each === value);
    if (word !== undefined) return word;
    throw wrong(column, `one of ${words.join(', ')}`, value);
  };
}

/** Pieces, instalments. */
export function quantity(column: string, value: Cell): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  throw wrong(column, 'a whole number from 1', value);
}

/** Money in cents. */
export function money(column: string, value: Cell): number {
  const cents = centsOf(value);
  if (cents !== undefined && cents >= 0 && cents < amountCentsMax) return cents;
  throw wrong(column, 'an amount of two places from 0 to 9999999999.99', value);
}

function centsOf(value: Cell): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  try {
    return toCents(value);
  } catch {
    return undefined;
  }
}

/** A number from 0 to 1, also as its digits. */
export function probability(column: string, value: Cell): number {
  const isDigits = typeof value === 'string' && /^0?\.\d+$|^[01]$|^1\.0+$/.test(value);
  const number = isDigits ? Number(value) : value;
  if (typeof number === 'number' && number >= 0 && number <= 1) return number;
  throw wrong(column, 'a number from 0 to 1', value);
}

/** Epoch milliseconds. */
export function time(column: string, value: Cell): number {
  const atMs = typeof value === 'string' ? utcInstantMs(value) : Number.NaN;
  if (Number.isNaN(atMs)) throw wrong(column, 'an instant in UTC', value);
  return atMs;
}

function wrong(column: string, expected: string, received: Cell): RangeError {
  const value = received === undefined ? 'nothing' : JSON.stringify(received);
  return new RangeError(`${column}: ${expected} is expected: received ${value}`);
}
