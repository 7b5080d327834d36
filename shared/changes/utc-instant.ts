const daysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const dayMs = 86_400_000;
/** Days from 0000-03-01 to 1970-01-01 in the Gregorian calendar. */
const daysToEpoch = 719_468;

/**
 * Reads an instant in UTC as captures and clocks write it, `2026-01-02T03:04:05.123456Z`, with any
 * number of decimals or none: several times faster than `Date.parse`, and stricter.
 *
 * @returns epoch milliseconds, cut below; NaN for any other form and for a day that does not exist.
 */
export function utcInstantMs(text: string): number {
  const length = text.length;
  if (
    length < 20 ||
    text.charCodeAt(4) !== hyphen ||
    text.charCodeAt(7) !== hyphen ||
    text.charCodeAt(10) !== letterT ||
    text.charCodeAt(13) !== colon ||
    text.charCodeAt(16) !== colon ||
    text.charCodeAt(length - 1) !== letterZ
  ) {
    return Number.NaN;
  }
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const milliseconds = length === 20 ? 0 : millisecondsOf(text, 19, length - 1);
  // Not a number is not within bounds.
  if (!(hour < 24 && minute < 60 && second < 60 && day >= 1 && day <= daysIn(year, month))) {
    return Number.NaN;
  }
  return (
    daysSinceEpoch(year, month, day) * dayMs +
    hour * 3_600_000 +
    minute * 60_000 +
    second * 1_000 +
    milliseconds
  );
}

const hyphen = 0x2d;
const colon = 0x3a;
const point = 0x2e;
const letterT = 0x54;
const letterZ = 0x5a;

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 0x30;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

function millisecondsOf(text: string, from: number, to: number): number {
  if (text.charCodeAt(from) !== point || to - from < 2) return Number.NaN;
  let milliseconds = 0;
  let weight = 100;
  for (let at = from + 1; at < to; at += 1) {
    milliseconds += digit(text, at) * weight;
    weight = weight > 1 ? weight / 10 : 0;
  }
  return milliseconds;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Not a number for a month that does not exist. */
function daysIn(year: number, month: number): number {
  const start = daysBeforeMonth[month - 1];
  if (start === undefined) return Number.NaN;
  if (month === 2) return isLeap(year) ? 29 : 28;
  return (daysBeforeMonth[month] ?? 365) - start;
}

/** Howard Hinnant, chrono-Compatible Low-Level Date Algorithms: years that begin in March. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const ofMarch = month > 2 ? year : year - 1;
  const era = Math.floor(ofMarch / 400);
  const yearOfEra = ofMarch - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - daysToEpoch;
}
