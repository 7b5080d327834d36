import { toUnits } from '../changes/cents.ts';
import type { ColumnValue, RowChange } from '../changes/row-change.ts';
import type { ClickRecord } from '../events/click.ts';
import type { GlueType } from './column-types.ts';
import type { LakeDataSet } from './data-sets.ts';

/** One line of JSON for the delivery stream: the data set's columns, and `_partition` to file it by. */
export type LakeRow = Readonly<Record<string, ColumnValue>>;

/**
 * Turns a row change into the row that the lake keeps of it, in the JSON that Firehose's OpenX
 * deserializer reads without loss: timestamps as `yyyy-MM-dd HH:mm:ss.SSS` in UTC, decimals as text,
 * integers beyond 2^53 as text, absent columns as null.
 *
 * `_ts` is the time of commit. A loaded row has none: its `updated_at` stands in, so that a reload
 * writes the same row again, and the time of arrival where there is no such column. A delete that
 * carries only its key is filed by `_ts`, a record from before the column by `created_at`.
 *
 * @param arrivalMs when the change entered the stream, epoch milliseconds.
 * @throws RangeError for a value that is not of its column's type, naming table, key and column.
 */
export function lakeRow(dataSet: LakeDataSet, change: RowChange, arrivalMs: number): LakeRow {
  const row: Record<string, ColumnValue> = {};
  for (const { name, type } of dataSet.columns) {
    row[name] = columnText(
      type,
      change.row[name] ?? null,
      () => `${change.table} ${change.key}: ${name}`,
    );
  }
  row['_op'] = change.operation;
  row['_ts'] =
    change.commitTimeMs === undefined
      ? (row['updated_at'] ?? timestampText(arrivalMs))
      : timestampText(change.commitTimeMs);
  row['_event_id'] = change.eventId;
  const { from } = dataSet.partition;
  const isOlder = change.row[from] === undefined;
  const instead = change.operation === 'delete' ? row['_ts'] : isOlder ? row['created_at'] : null;
  const filedBy = row[from] ?? instead;
  if (typeof filedBy !== 'string') {
    throw new RangeError(`Cannot file row of ${change.table} ${change.key}: ${from} is null`);
  }
  row['_partition'] = filedBy.slice(0, dataSet.partition.name === 'month' ? 7 : 10);
  return row;
}

/**
 * Turns a click into the row that the lake keeps of it. `_ts` is when the stream took it.
 *
 * @throws RangeError for a time that no partition could be named after.
 */
export function clickRow(click: ClickRecord, arrivalMs: number): LakeRow {
  const { eventId, type, occurredAtMs, session, user, productId, category, page, consent } = click;
  const occurredAt = timeText('click', occurredAtMs);
  return {
    event_id: eventId,
    type,
    occurred_at: occurredAt,
    session_hash: session,
    user_hash: user,
    product_id: productId,
    category,
    page: page ?? null,
    consent,
    is_backfill: click.isBackfill ?? false,
    _op: 'insert',
    _ts: timestampText(arrivalMs),
    _event_id: eventId,
    _partition: occurredAt.slice(0, 'yyyy-MM-dd'.length),
  };
}

const firstYearMs = Date.parse('0000-01-01T00:00:00Z');
const endOfYearsMs = Date.parse('9999-12-31T23:59:59.999Z') + 1;

/**
 * The text of an instant that somebody else has set.
 *
 * @throws RangeError for one that a timestamp does not hold.
 */
export function timeText(what: string, epochMs: number): string {
  if (epochMs >= firstYearMs && epochMs < endOfYearsMs) return timestampText(epochMs);
  throw new RangeError(
    `Cannot file ${what}: its time is no year of four digits: received ${epochMs}`,
  );
}

/** Epoch milliseconds as `yyyy-MM-dd HH:mm:ss.SSS`, UTC: what Athena and Firehose read as a timestamp. */
export function timestampText(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('T', ' ').replace('Z', '');
}

const booleans = new Map<ColumnValue, boolean>([
  ...[true, 1, 't', 'true', '1'].map((value) => [value, true] as const),
  ...[false, 0, 'f', 'false', '0'].map((value) => [value, false] as const),
]);

/** An instant as DMS writes it: ISO 8601 in UTC, with up to six decimals of a second. */
const instant = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

function columnText(type: GlueType, value: ColumnValue, where: () => string): ColumnValue {
  if (value === null) return null;
  const wrong = (): RangeError =>
    new RangeError(
      `Cannot read ${where()}: it is not of type ${type}: received ${JSON.stringify(value)}`,
    );
  switch (type) {
    case 'string':
      return String(value);
    case 'bigint':
    case 'int':
      if (!/^-?\d+$/.test(String(value)) || !fits(type, BigInt(String(value)))) throw wrong();
      return value;
    case 'boolean': {
      const boolean = booleans.get(value);
      if (boolean === undefined) throw wrong();
      return boolean;
    }
    case 'timestamp': {
      const epochMs = instant.test(String(value)) ? Date.parse(String(value)) : Number.NaN;
      if (Number.isNaN(epochMs)) throw wrong();
      return timestampText(epochMs);
    }
    default:
      return decimalText(type, value, wrong);
  }
}

function fits(type: 'bigint' | 'int', value: bigint): boolean {
  return BigInt.asIntN(type === 'int' ? 32 : 64, value) === value;
}

function decimalText(type: GlueType, value: ColumnValue, wrong: () => RangeError): string {
  const [precision = 0, scale = 0] = (type.match(/\d+/g) ?? []).map(Number);
  const units = toUnits(value, scale);
  if (units === undefined || Math.abs(units) >= 10 ** precision) throw wrong();
  const digits = String(Math.abs(units)).padStart(scale + 1, '0');
  const sign = units < 0 ? '-' : '';
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
