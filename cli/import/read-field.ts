import { cutText } from './cut-text.ts';
import type { Row } from './formats/event-format.ts';
import { LineFault } from './line-fault.ts';

/** Partitions of the lake reach back to here. */
const firstMs = Date.UTC(2000, 0, 1);
const lastMs = Date.UTC(2100, 0, 1);
/** What `integer` and `numeric(12, 2)` hold. */
const quantityMax = 2 ** 31 - 1;
const centsMax = 999_999_999_999;

/** @throws LineFault where the field is empty or longer than its column. */
export function neededText(row: Row, field: string, lengthMax: number): string {
  const text = row(field);
  if (text === '') throw new LineFault(field, 'Must not be empty');
  if (/\p{Cc}/u.test(text)) throw new LineFault(field, 'Must not contain control characters');
  if (text.length <= lengthMax) return text;
  throw new LineFault(field, `Must have at most ${lengthMax} characters: received ${text.length}`);
}

/** Text that may be missing and is no more than a description: what does not fit is cut off. */
export function looseText(row: Row, field: string, lengthMax: number): string {
  return cutText(row(field).replaceAll(/\p{Cc}+/gu, ' '), lengthMax).trim();
}

/** @throws LineFault for what is not read, and for a time before 2000 or after 2099. */
export function neededInstant(
  row: Row,
  field: string,
  read: (text: string) => number | undefined,
): number {
  const text = row(field);
  const atMs = read(text);
  if (atMs === undefined) throw new LineFault(field, `Is no time: received "${text}"`);
  if (atMs >= firstMs && atMs < lastMs) return atMs;
  throw new LineFault(field, `Must lie in the years 2000 to 2099: received "${text}"`);
}

/** @throws LineFault for what is no whole number, or larger than a column holds. */
export function neededQuantity(row: Row, field: string): number {
  const text = row(field);
  const quantity = /^[+-]?\d{1,10}(?:\.0+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Math.abs(quantity) <= quantityMax) return quantity === 0 ? 0 : quantity;
  throw new LineFault(field, `Must be a whole number: received "${text}"`);
}

/** Money in cents, and whether it had to be rounded to be so. */
export interface Price {
  readonly cents: number;
  readonly isRounded: boolean;
}

/** @throws LineFault for what is no decimal, or larger than a column holds. */
export function neededPrice(row: Row, field: string): Price {
  const text = row(field);
  const [match, sign, whole = '', fraction = ''] = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  if (match === undefined || whole + fraction === '') {
    throw new LineFault(field, `Must be a price like 12.50: received "${text}"`);
  }
  const rest = fraction.slice(2);
  const half = /^[5-9]/.test(rest) ? 1 : 0;
  const cents = Number(whole + fraction.slice(0, 2).padEnd(2, '0')) + half;
  if (cents > centsMax)
    throw new LineFault(field, `Is more than a price can be: received "${text}"`);
  const isRounded = /[1-9]/.test(rest);
  return { cents: sign === '-' && cents > 0 ? -cents : cents, isRounded };
}

/** @throws LineFault for a word that is not one of those known. */
export function neededWord<Meaning>(
  row: Row,
  field: string,
  known: ReadonlyMap<string, Meaning>,
): Meaning {
  const meaning = known.get(row(field));
  if (meaning !== undefined) return meaning;
  throw new LineFault(field, `Must be ${[...known.keys()].join(', ')}: received "${row(field)}"`);
}

/** Where a file has no sessions a person's day stands for one. */
export function dayOf(person: string, atMs: number): string {
  return `${person}/${new Date(atMs).toISOString().slice(0, 10)}`;
}
