/**
 * When a schedule runs: gives the first time after a given one, in epoch milliseconds; undefined
 * when there is none any more.
 */
export type NextRun = (afterMs: number) => number | undefined;

const minuteMs = 60_000;
const unitMs = { minute: minuteMs, hour: 60 * minuteMs, day: 24 * 60 * minuteMs };

/**
 * Reads `rate(5 minutes)` or `cron(0 8 ? * MON-FRI *)`; cron runs in UTC.
 *
 * A rate counts from the time it is asked about, as AWS counts it from the schedule's creation.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 *
 * @throws Error for anything else.
 */
export function scheduleExpression(expression: string): NextRun {
  const [, amount, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (isUnit(unit) && Number(amount) > 0) {
    const everyMs = Number(amount) * unitMs[unit];
    return (afterMs) => afterMs + everyMs;
  }
  const cron = /^cron\((.+)\)$/.exec(expression)?.[1];
  if (cron !== undefined) return cronExpression(cron, expression);
  throw new Error(
    `Cannot read schedule: only rate(…) and cron(…) are played: received ${expression}`,
  );
}

function isUnit(unit: string | undefined): unit is keyof typeof unitMs {
  return unit !== undefined && Object.hasOwn(unitMs, unit);
}

type DayRule = (day: Date) => boolean;

interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const fields = {
  minute: { min: 0, max: 59 },
  hour: { min: 0, max: 23 },
  dayOfMonth: { min: 1, max: 31 },
  month: { min: 1, max: 12, names: months },
  dayOfWeek: { min: 1, max: 7, names: weekdays },
  year: { min: 1970, max: 2199 },
} satisfies Record<string, Field>;

/** Leap days and weekdays repeat within 28 years; a century may skip one leap day. */
const daysAhead = 366 * 40;

function cronExpression(cron: string, expression: string): NextRun {
  const parts = cron.trim().split(/\s+/);
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = parts;
  const isWhole = parts.length === 6 && year !== undefined;
  if (!isWhole || minute === undefined || hour === undefined || month === undefined) {
    throw wrong(expression, 'it needs six fields');
  }
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw wrong(expression, 'one of day of month and day of week must be ?, the other not');
  }
  const minutes = [...values(minute, fields.minute, expression)].sort((a, b) => a - b);
  const hours = [...values(hour, fields.hour, expression)].sort((a, b) => a - b);
  const inMonths = values(month, fields.month, expression);
  const inYears = values(year, fields.year, expression);
  const onDay =
    dayOfMonth === '?'
      ? dayOfWeekRule(dayOfWeek ?? '', expression)
      : dayOfMonthRule(dayOfMonth ?? '', expression);
  const next: NextRun = (afterMs) => {
    const day = new Date(afterMs);
    day.setUTCHours(0, 0, 0, 0);
    for (let count = 0; count < daysAhead; count += 1, day.setUTCDate(day.getUTCDate() + 1)) {
      if (!inYears.has(day.getUTCFullYear()) || !inMonths.has(day.getUTCMonth() + 1)) continue;
      if (!onDay(day)) continue;
      for (const h of hours) {
        const found = minutes.find((m) => day.getTime() + (h * 60 + m) * minuteMs > afterMs);
        if (found !== undefined) return day.getTime() + (h * 60 + found) * minuteMs;
      }
    }
    return undefined;
  };
  return next;
}

/** `*`, `5`, `1-5`, `MON-FRI`, `0/15`, and lists of them. */
function values(text: string, field: Field, expression: string): Set<number> {
  const found = new Set<number>();
  for (const item of text.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(item) ?? [];
    const [first = '', last] = range.split('-');
    const isAny = range === '*';
    const from = isAny ? field.min : numberOf(first, field, expression);
    const open = isAny || step !== undefined ? field.max : from;
    const to = last === undefined ? open : numberOf(last, field, expression);
    const every = step === undefined ? 1 : Number(step);
    if (every < 1 || from > to) throw wrong(expression, `${item} is no value or range`);
    for (let value = from; value <= to; value += every) found.add(value);
  }
  return found;
}

function numberOf(text: string, { min, max, names }: Field, expression: string): number {
  const named = names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + min : Number(text);
  if (!/^\w+$/.test(text) || !Number.isInteger(value) || value < min || value > max) {
    throw wrong(expression, `${text} is not between ${min} and ${max}`);
  }
  return value;
}

/** Also `L`, the month's last day, and `15W`, the weekday nearest to the 15th. */
function dayOfMonthRule(text: string, expression: string): DayRule {
  if (text === 'L') return (day) => day.getUTCDate() === lastDateOfMonth(day);
  const nearest = /^(\d+)W$/.exec(text)?.[1];
  if (nearest !== undefined) {
    const wanted = numberOf(nearest, fields.dayOfMonth, expression);
    return (day) => day.getUTCDate() === nearestWeekday(day, wanted);
  }
  const wanted = values(text, fields.dayOfMonth, expression);
  return (day) => wanted.has(day.getUTCDate());
}

/** Also `6L`, the month's last Friday, and `6#3`, its third Friday. */
function dayOfWeekRule(text: string, expression: string): DayRule {
  const last = /^(\w+)L$/.exec(text)?.[1];
  if (last !== undefined) {
    const wanted = numberOf(last, fields.dayOfWeek, expression);
    return (day) => day.getUTCDay() + 1 === wanted && day.getUTCDate() + 7 > lastDateOfMonth(day);
  }
  const [, weekday, nth] = /^(\w+)#([1-5])$/.exec(text) ?? [];
  if (weekday !== undefined) {
    const wanted = numberOf(weekday, fields.dayOfWeek, expression);
    return (day) =>
      day.getUTCDay() + 1 === wanted && Math.ceil(day.getUTCDate() / 7) === Number(nth);
  }
  const wanted = values(text, fields.dayOfWeek, expression);
  return (day) => wanted.has(day.getUTCDay() + 1);
}

function lastDateOfMonth(day: Date): number {
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
}

/** Stays within the month: a Saturday the 1st gives Monday the 3rd. */
function nearestWeekday(day: Date, wanted: number): number {
  const last = lastDateOfMonth(day);
  if (wanted > last) return Number.NaN;
  const weekday = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), wanted)).getUTCDay();
  if (weekday === 6) return wanted === 1 ? 3 : wanted - 1;
  if (weekday === 0) return wanted === last ? wanted - 2 : wanted + 1;
  return wanted;
}

function wrong(expression: string, reason: string): Error {
  return new Error(`Cannot read schedule: ${reason}: received ${expression}`);
}
