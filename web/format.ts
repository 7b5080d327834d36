const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const nbsp = '\u00a0';

/** How figures are written for this reader: the browser's language and time zone, one currency. */
export interface Formats {
  readonly money: (cents: number) => string;
  /** Without the fraction, for figures and axes that are read from afar. */
  readonly moneyRounded: (cents: number) => string;
  readonly count: (value: number) => string;
  readonly rate: (value: number) => string;
  /** A percentage with its sign: `+12.3%`. */
  readonly change: (percent: number) => string;
  readonly share: (percent: number) => string;
  readonly minute: (epochMs: number) => string;
  readonly second: (epochMs: number) => string;
  /** When a window of this length begins: a day by its date, a shorter one by its time. */
  readonly moment: (epochMs: number, windowMs: number) => string;
  readonly duration: (ms: number) => string;
  readonly country: (code: string) => string;
}

export function formats(locale: string | undefined, currency: string): Formats {
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency });
  const moneyRounded = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    maximumFractionDigits: 0,
  });
  const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const oneDigit = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const change = new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  });
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const minute = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  // Days are cut in UTC.
  const day = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' });
  const second = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const regions = new Intl.DisplayNames(locale, { type: 'region' });

  return {
    money: (cents) => money.format(cents / 100),
    moneyRounded: (cents) => moneyRounded.format(cents / 100),
    count: (value) => count.format(value),
    rate: (value) => (value < 10 ? oneDigit : count).format(value),
    change: (percent) => change.format(percent / 100).replace('-', '−'),
    share: (percent) => share.format(percent / 100),
    minute: (epochMs) => minute.format(epochMs),
    second: (epochMs) => second.format(epochMs),
    moment: (epochMs, windowMs) => (windowMs < dayMs ? minute : day).format(epochMs),
    duration: (ms) => duration(ms, oneDigit),
    country: (code) => (/^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : code),
  };
}

function duration(ms: number, oneDigit: Intl.NumberFormat): string {
  if (ms < 1000) return `${Math.round(ms)}${nbsp}ms`;
  if (ms < 10_000) return `${oneDigit.format(ms / 1000)}${nbsp}s`;
  if (ms < minuteMs) return `${Math.floor(ms / 1000)}${nbsp}s`;
  if (ms < hourMs) {
    return joined(Math.floor(ms / minuteMs), 'min', Math.floor((ms % minuteMs) / 1000), 's');
  }
  return joined(Math.floor(ms / hourMs), 'h', Math.floor((ms % hourMs) / minuteMs), 'min');
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const head = `${large}${nbsp}${largeUnit}`;
  return small === 0 ? head : `${head} ${small}${nbsp}${smallUnit}`;
}
