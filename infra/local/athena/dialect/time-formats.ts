import { notSupported } from '../errors.ts';

/** Codes of Trino's date_format and date_parse (MySQL's), by DuckDB's. */
const codes: Readonly<Record<string, string>> = {
  '%': '%%',
  a: '%a',
  b: '%b',
  c: '%-m',
  d: '%d',
  e: '%-d',
  f: '%f',
  H: '%H',
  h: '%I',
  I: '%I',
  i: '%M',
  j: '%j',
  k: '%-H',
  l: '%-I',
  M: '%B',
  m: '%m',
  p: '%p',
  S: '%S',
  s: '%S',
  T: '%H:%M:%S',
  W: '%A',
  Y: '%Y',
  y: '%y',
};

/** @throws QueryError NOT_SUPPORTED for a code that has no counterpart. */
export function duckDbTimeFormat(format: string): string {
  return format.replace(/%(.?)/gs, (whole, code: string) => {
    const counterpart = codes[code];
    if (counterpart === undefined) throw notSupported(`The format code ${whole} of dates`);
    return counterpart;
  });
}
