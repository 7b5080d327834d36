import type { RecordSettings } from './endpoint-settings.ts';

/** What a column's type is to DMS, by PostgreSQL's type identifier (pg_type.dat). */
const kinds = new Map<number, 'boolean' | 'number' | 'bytes' | 'timestamp'>([
  [16, 'boolean'],
  [17, 'bytes'],
  [20, 'number'], // int8
  [21, 'number'], // int2
  [23, 'number'], // int4
  [700, 'number'], // float4
  [701, 'number'], // float8
  [1700, 'number'], // numeric
  [1114, 'timestamp'],
  [1184, 'timestamp'], // with time zone; the session prints it in UTC
]);

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const printedTimestamp = /^(\d{4,6}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:\+00)?$/;

/**
 * A value in the JSON that DMS writes, from the text that PostgreSQL printed
 * (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, data types).
 * Numbers keep every digit. What JSON cannot say (`NaN`, `infinity`) is its text.
 */
export function renderValue(
  value: string,
  typeOid: number,
  settings: RecordSettings,
  loaded: boolean,
): string {
  switch (kinds.get(typeOid)) {
    case 'number':
      return jsonNumber.test(value) ? value : JSON.stringify(value);
    case 'boolean':
      if (settings.mapBooleanAsBoolean) return value === 't' ? 'true' : 'false';
      // Unmapped, DMS prints what its two ways of reading give: words in a load, letters in changes.
      if (loaded) return value === 't' ? '"true"' : '"false"';
      return JSON.stringify(value);
    case 'timestamp':
      return JSON.stringify(renderTimestamp(value));
    case 'bytes': {
      const digits = value.slice('\\x'.length).toUpperCase();
      return `"${settings.noHexPrefix ? '' : '0x'}${digits}"`;
    }
    default:
      return JSON.stringify(value);
  }
}

/** `2022-12-18T19:28:42.442556Z`; a fraction of zero is dropped. */
function renderTimestamp(value: string): string {
  const [, date, time, fraction] = printedTimestamp.exec(value) ?? [];
  if (date === undefined || time === undefined) return value;
  return `${date}T${time}${fraction === undefined ? '' : `.${fraction.padEnd(6, '0')}`}Z`;
}

const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);

/** Microseconds since 2000-01-01, as the log counts them, in the form of `renderTimestamp`. */
export function renderLogTime(microseconds: bigint): string {
  const date = new Date(POSTGRES_EPOCH_MS + Number(microseconds / 1_000n));
  const fraction = (microseconds % 1_000_000n).toString().padStart(6, '0');
  const seconds = date.toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
  return fraction === '000000' ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}
