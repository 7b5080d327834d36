import {
  DuckDBBlobValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';

/** A value as Athena prints it in results; null for NULL. */
export function resultText(value: DuckDBValue, type: string): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' && (type === 'DOUBLE' || type === 'FLOAT'))
    return doubleText(value);
  if (value instanceof DuckDBTimestampTZValue) return `${milliseconds(utcText(value))} UTC`;
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampMillisecondsValue) {
    return milliseconds(value.toString());
  }
  if (value instanceof DuckDBIntervalValue) return intervalText(value);
  if (value instanceof DuckDBBlobValue) return hexText(value.bytes);
  if (value instanceof DuckDBListValue) {
    const elementType = type.replace(/\[\]$/, '');
    return `[${value.items.map((item) => resultText(item, elementType) ?? 'null').join(', ')}]`;
  }
  if (value instanceof DuckDBMapValue) {
    const entries = value.entries.map(
      (entry) => `${resultText(entry.key, '')}=${resultText(entry.value, '')}`,
    );
    return `{${entries.join(', ')}}`;
  }
  if (value instanceof DuckDBStructValue) {
    const entries = Object.entries(value.entries).map(
      ([name, member], place) => `${name || `field${place}`}=${resultText(member, '')}`,
    );
    return `{${entries.join(', ')}}`;
  }
  return String(value);
}

/** Doubles as Java writes them. */
function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    return Number.isInteger(value)
      ? `${Object.is(value, -0) ? '-' : ''}${size === 0 ? 0 : value}.0`
      : String(value);
  }
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
}

function utcText(value: DuckDBTimestampTZValue): string {
  return new DuckDBTimestampValue(value.micros).toString();
}

function milliseconds(text: string): string {
  const [seconds = '', fraction = ''] = text.split('.');
  return `${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}`;
}

function intervalText({ months, days, micros }: DuckDBIntervalValue): string {
  if (months !== 0) return `${Math.trunc(months / 12)}-${Math.abs(months % 12)}`;
  const sign = days < 0 || micros < 0n ? '-' : '';
  const total = BigInt(days) * 86_400_000n + micros / 1000n;
  const size = total < 0n ? -total : total;
  const [hours, minutes, seconds] = [3_600_000n, 60_000n, 1000n].map((unit, place) =>
    String((size / unit) % (place === 0 ? 24n : 60n)).padStart(2, '0'),
  );
  return `${sign}${size / 86_400_000n} ${hours}:${minutes}:${seconds}.${String(size % 1000n).padStart(3, '0')}`;
}

function hexText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
