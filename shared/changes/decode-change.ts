import { capturedTables } from '../shop/captured-tables.ts';
import { parseExactJson } from './exact-json.ts';
import type { ColumnValue, RowChange } from './row-change.ts';
import { utcInstantMs } from './utc-instant.ts';

type DecodedChange =
  | { readonly kind: 'change'; readonly change: RowChange }
  /** The clock row of one slice: everything committed before `atMs` has been sent ahead of it. */
  | { readonly kind: 'tick'; readonly atMs: number }
  /** Not a row of a captured table: control records, tables of DMS itself. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'undecodable'; readonly reason: string };

const operations = new Map<unknown, RowChange['operation']>([
  ['load', 'load'],
  ['read', 'load'],
  ['insert', 'insert'],
  ['create', 'insert'],
  ['update', 'update'],
  ['delete', 'delete'],
]);

const primaryKeys = new Map(capturedTables.map((table) => [table.name, table.primaryKey]));
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Decodes one record of the change stream, in the JSON that AWS DMS writes for Kinesis targets
 * (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Kinesis.html), pretty or on one
 * line. Unknown columns are kept, unknown tables ignored. Never throws: what cannot be read is
 * `undecodable` with the reason. Every record of every job comes through here, so the form is
 * checked by hand.
 */
export function decodeChange(data: Uint8Array): DecodedChange {
  let json: unknown;
  try {
    json = parseExactJson(decoder.decode(data));
  } catch (error) {
    return undecodable(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const metadata = isObject(json) ? json['metadata'] : undefined;
  if (!isObject(json) || !isObject(metadata)) return unlike('metadata', metadata);
  const recordType = metadata['record-type'];
  if (recordType === 'control') return { kind: 'ignored' };
  if (recordType !== 'data') return unlike('metadata.record-type', recordType);
  const operation = operations.get(metadata['operation']);
  if (operation === undefined) return unlike('metadata.operation', metadata['operation']);
  const table = metadata['table-name'];
  if (typeof table !== 'string') return unlike('metadata.table-name', table);
  const row = json['data'];
  if (!isRow(row)) return unlike(...nestedIn(row));
  const primaryKey = primaryKeys.get(table);
  if (primaryKey === undefined) return { kind: 'ignored' };
  if (table === 'clock') return decodeTick(operation, row['ticked_at']);

  const key = row[primaryKey];
  if (key === null || key === undefined) {
    return undecodable(`${table}: primary key ${primaryKey} is missing`);
  }
  if (key === '' || (typeof key !== 'string' && !Number.isInteger(key))) {
    return undecodable(`${table}: primary key ${primaryKey} is ${quoted(key)}`);
  }
  const version = row['row_version'];
  const rowVersion =
    operation === 'delete' ? 0 : typeof version === 'boolean' ? 0 : Number(version);
  if (!Number.isSafeInteger(rowVersion) || (operation !== 'delete' && rowVersion < 1)) {
    return undecodable(`${table} ${key}: row_version is ${quoted(version)}`);
  }
  const commitTimestamp = metadata['commit-timestamp'];
  const commitTimeMs = commitTimestamp === undefined ? undefined : instantMs(commitTimestamp);
  if (Number.isNaN(commitTimeMs)) {
    return undecodable(`${table} ${key}: commit-timestamp is ${quoted(commitTimestamp)}`);
  }
  const eventId = operation === 'delete' ? `${table}|${key}|d` : `${table}|${key}|${rowVersion}`;
  return {
    kind: 'change',
    change: { table, operation, key: String(key), rowVersion, row, commitTimeMs, eventId },
  };
}

function decodeTick(operation: RowChange['operation'], tickedAt: unknown): DecodedChange {
  // A loaded clock row may come before rows that were committed earlier: it vouches for nothing.
  if (operation !== 'insert' && operation !== 'update') return { kind: 'ignored' };
  const atMs = instantMs(tickedAt);
  if (Number.isNaN(atMs)) return undecodable(`clock: ticked_at is ${quoted(tickedAt)}`);
  return { kind: 'tick', atMs };
}

/** Not a number for what is no instant. The usual form is read first, others as `Date` reads them. */
function instantMs(value: unknown): number {
  if (typeof value !== 'string') return Number.NaN;
  const usual = utcInstantMs(value);
  return Number.isNaN(usual) ? Date.parse(value) : usual;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A row as captures write it is flat. */
function isRow(value: unknown): value is Readonly<Record<string, ColumnValue>> {
  if (!isObject(value)) return false;
  for (const column in value) if (isNested(value[column])) return false;
  return true;
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** Place and value of what makes this no row. */
function nestedIn(data: unknown): [place: string, value: unknown] {
  const nested = isObject(data) ? Object.entries(data).find(([, value]) => isNested(value)) : [];
  const [column, value] = nested ?? [];
  return column === undefined ? ['data', data] : [`data.${column}`, value];
}

function undecodable(reason: string): DecodedChange {
  return { kind: 'undecodable', reason };
}

function unlike(place: string, received: unknown): DecodedChange {
  return undecodable(`not a change record: ${place} is ${quoted(received)}`);
}

function quoted(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
