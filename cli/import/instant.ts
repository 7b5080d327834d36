const dayMs = 86_400_000;
const quarterMs = 900_000;

/** Turns a time of the clock on the wall, as if it were UTC, into the instant it was; both epoch milliseconds. */
export type ToInstant = (wallMs: number) => number;

/**
 * The wall clock of a time zone. A time that it showed twice is the first of the two; one that it
 * skipped is as long after the change as it would have been after the hour before.
 *
 * @throws RangeError for a name that is no time zone.
 */
export function wallClock(zone: string): ToInstant {
  if (zone === 'UTC') return (wallMs) => wallMs;
  const format = formatOf(zone);
  const offsetAt = (atMs: number): number => shownMs(format, atMs) - atMs;
  // Clocks change on quarters of an hour, so within one they are the same way off.
  const offsets = new Map<number, number>();

  function offsetOf(wallMs: number): number {
    const before = offsetAt(wallMs - dayMs);
    const after = offsetAt(wallMs + dayMs);
    const fitting = [before, after].filter((offset) => offsetAt(wallMs - offset) === offset);
    return fitting.length === 0 ? before : Math.max(...fitting);
  }

  return (wallMs) => {
    const quarter = Math.floor(wallMs / quarterMs);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      offset = offsetOf(quarter * quarterMs);
      offsets.set(quarter, offset);
    }
    return wallMs - offset;
  };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const number = 'numeric';
  try {
    return new Intl.DateTimeFormat('en-US', {
      ...{ timeZone: zone, hourCycle: 'h23', era: 'short', year: number, month: number },
      ...{ day: number, hour: number, minute: number, second: number },
    });
  } catch (cause) {
    throw new RangeError(
      `Cannot use time zone: a name like Europe/London is expected: received "${zone}"`,
      { cause },
    );
  }
}

/** What the clock on the wall shows, as if it were UTC. */
function shownMs(format: Intl.DateTimeFormat, atMs: number): number {
  const second = Math.floor(atMs / 1_000) * 1_000;
  const parts = new Map(format.formatToParts(second).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const [year, month, day] = [of('year'), of('month'), of('day')];
  return Date.UTC(year, month - 1, day, of('hour'), of('minute'), of('second')) + atMs - second;
}

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?\s?(Z|UTC|[+-]\d\d:?\d\d)?$/;
const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d)(?::(\d\d))?$/;

/**
 * An instant as ISO 8601 has it, with `T` or a blank between day and time; without a zone it is
 * shown by the wall clock.
 *
 * @returns epoch milliseconds; undefined for any other form and for a time that does not exist.
 */
export function isoInstant(text: string, toInstant: ToInstant): number | undefined {
  const [match, year, month, day, hour, minute, second, decimals = '', zone] = iso.exec(text) ?? [];
  if (match === undefined) return undefined;
  const millisecond = decimals.padEnd(3, '0').slice(0, 3);
  const wallMs = wallTime(year, month, day, hour, minute, second, millisecond);
  if (wallMs === undefined || zone === undefined) return wallMs && toInstant(wallMs);
  if (zone === 'Z' || zone === 'UTC') return wallMs;
  const [hours, minutes] = [zone.slice(1, 3), zone.slice(-2)].map(Number);
  const offsetMs = ((hours ?? 0) * 60 + (minutes ?? 0)) * 60_000;
  return wallMs - (zone.startsWith('-') ? -offsetMs : offsetMs);
}

/** The same for `12/31/2010 8:26`, month first. */
export function americanInstant(text: string, toInstant: ToInstant): number | undefined {
  const [match, month, day, year, hour, minute, second] = american.exec(text) ?? [];
  if (match === undefined) return undefined;
  const wallMs = wallTime(year, month, day, hour, minute, second);
  return wallMs && toInstant(wallMs);
}

/** Seconds or milliseconds since 1970, told apart by their number of digits: they meet in 1973. */
export function epochInstant(text: string): number | undefined {
  if (/^\d{9,10}$/.test(text)) return Number(text) * 1_000;
  return /^\d{12,13}$/.test(text) ? Number(text) : undefined;
}

function wallTime(...texts: readonly (string | undefined)[]): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millisecond = 0] =
    texts.map((text) => Number(text ?? 0));
  const atMs = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  const read = new Date(atMs);
  const exists =
    read.getUTCMonth() === month - 1 &&
    read.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  return exists ? atMs : undefined;
}
