import type { PlannedTable } from './capture-plan.ts';
import type { RecordSettings } from './endpoint-settings.ts';
import { formatPaddedLsn } from './lsn.ts';
import { type TupleValue, unchanged } from './pgoutput.ts';
import { renderLogTime, renderValue } from './render-value.ts';

/** The last transaction before this one that had captured rows. */
export interface PreviousTransaction {
  readonly xid: number;
  /** Number of its rows. */
  readonly rows: number;
}

export interface TransactionPlace {
  readonly xid: number;
  readonly commitLsn: bigint;
  readonly commitTime: bigint;
  /** The row's place in its transaction, from 1. */
  readonly ordinal: number;
  readonly previous: PreviousTransaction | undefined;
}

export interface RowEvent {
  readonly operation: 'load' | 'insert' | 'update' | 'delete';
  readonly table: PlannedTable;
  /** Columns of `row` and `old`, in their order. */
  readonly columns: readonly { readonly name: string; readonly typeOid: number }[];
  /** The new row; of a delete the old row or its key. */
  readonly row: readonly TupleValue[];
  /** The old row or key of an update that changed the key. */
  readonly old?: readonly TupleValue[] | undefined;
  /** Undefined for rows of a full load. */
  readonly transaction?: TransactionPlace | undefined;
}

export interface RenderedRecord {
  readonly data: Buffer;
  readonly partitionKey: string;
}

const PARTITION_KEY_LENGTH_MAX = 256; // PutRecords, in characters

/**
 * One change as DMS writes it into a Kinesis stream, unformatted JSON, keys in DMS's order
 * (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Kinesis.html).
 * What the log does not carry is null in a delete and absent in an update, where the metadata name
 * it in a field of our own; both only happen to columns outside the key.
 *
 * @param nowMs when the record is written; the rest depends on the change alone.
 */
export function renderRecord(
  event: RowEvent,
  settings: RecordSettings,
  nowMs: number,
): RenderedRecord {
  const { table, transaction } = event;
  const partition = partitionOf(event, settings);
  const left = unchangedColumns(event);
  const metadata = [
    `"timestamp":"${new Date(nowMs).toISOString().replace('Z', '000Z')}"`,
    '"record-type":"data"',
    `"operation":"${event.operation}"`,
    `"partition-key-type":"${partition.type}"`,
    settings.includePartitionValue
      ? `"partition-key-value":${JSON.stringify(partition.value)}`
      : undefined,
    `"schema-name":${JSON.stringify(table.schema)}`,
    `"table-name":${JSON.stringify(table.name)}`,
    transaction === undefined ? undefined : renderTransaction(transaction, settings),
    left.length === 0 ? undefined : `"unchanged-columns":${JSON.stringify(left)}`,
  ];
  const parts = [
    `"data":${renderRow(event, settings)}`,
    renderBeforeImage(event, settings),
    `"metadata":{${metadata.filter((part) => part !== undefined).join(',')}}`,
  ];
  const json = `{${parts.filter((part) => part !== undefined).join(',')}}`;
  return { data: Buffer.from(json), partitionKey: partition.value };
}

function renderRow(event: RowEvent, settings: RecordSettings): string {
  const fields: string[] = [];
  for (const [index, { name, typeOid }] of event.columns.entries()) {
    const value = known(event, index);
    if (!event.table.columns.includes(name) || value === unchanged || value === undefined) continue;
    if (!settings.includeNullAndEmpty && (value === null || value === '')) continue;
    const text =
      value === null ? 'null' : renderValue(value, typeOid, settings, event.operation === 'load');
    fields.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${fields.join(',')}}`;
}

function unchangedColumns(event: RowEvent): readonly string[] {
  return event.columns
    .filter((_, index) => known(event, index) === unchanged)
    .map(({ name }) => name)
    .filter((name) => event.table.columns.includes(name));
}

/** With replica identity FULL the old row has what the new one left out. */
function known({ row, old }: RowEvent, index: number): TupleValue | undefined {
  const value = row[index];
  return value === unchanged && typeof old?.[index] === 'string' ? old[index] : value;
}

function renderBeforeImage(event: RowEvent, settings: RecordSettings): string | undefined {
  if (settings.beforeImageField === undefined || event.operation !== 'update') return undefined;
  const fields: string[] = [];
  for (const [index, { name, typeOid }] of event.columns.entries()) {
    const value = event.old?.[index];
    if (typeof value !== 'string' || !event.table.primaryKey.includes(name)) continue;
    if (value === event.row[index]) continue;
    fields.push(`${JSON.stringify(name)}:${renderValue(value, typeOid, settings, false)}`);
  }
  return `${JSON.stringify(settings.beforeImageField)}:{${fields.join(',')}}`;
}

function renderTransaction(place: TransactionPlace, settings: RecordSettings): string {
  const id = `"transaction-id":${place.xid}`;
  if (!settings.includeTransactionDetails) return id;
  const { previous, ordinal } = place;
  const lsn = formatPaddedLsn(place.commitLsn);
  // Within the transaction the row before; for its first row the last row of the one before.
  const before = ordinal > 1 ? { xid: place.xid, rows: ordinal - 1 } : previous;
  return [
    id,
    `"transaction-record-id":${ordinal}`,
    ...(before === undefined
      ? []
      : [`"prev-transaction-id":${before.xid}`, `"prev-transaction-record-id":${before.rows}`]),
    `"commit-timestamp":"${renderLogTime(place.commitTime)}"`,
    `"stream-position":"${lsn}.${ordinal}.${lsn}"`,
  ].join(',');
}

/**
 * By the mapped column; where the log does not carry it (a delete carries the key alone) by the
 * primary key, in the form DMS gives it.
 */
function partitionOf(event: RowEvent, settings: RecordSettings): { type: string; value: string } {
  const { table, columns } = event;
  const present = (column: string) => {
    const index = columns.findIndex(({ name }) => name === column);
    const value = known(event, index);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const mapped = present(table.partitionColumn);
  if (mapped !== undefined) {
    return { type: 'attribute-name', value: mapped.slice(0, PARTITION_KEY_LENGTH_MAX) };
  }
  const key = table.primaryKey.map((column) => present(column) ?? '').join('.');
  const value = settings.partitionIncludeSchemaTable ? `${table.schema}.${table.name}.${key}` : key;
  return { type: 'primary-key', value: value.slice(0, PARTITION_KEY_LENGTH_MAX) };
}
