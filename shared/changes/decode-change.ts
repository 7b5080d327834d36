import { z } from 'zod';
import { capturedTables } from '../shop/captured-tables.ts';
import { parseExactJson } from './exact-json.ts';
import type { RowChange } from './row-change.ts';

type DecodedChange =
  | { readonly kind: 'change'; readonly change: RowChange }
  /** The clock row of one slice: everything committed before `atMs` has been sent ahead of it. */
  | { readonly kind: 'tick'; readonly atMs: number }
  /** Not a row of a captured table: control records, tables of DMS itself. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'undecodable'; readonly reason: string };

const operations = {
  load: 'load',
  read: 'load',
  insert: 'insert',
  create: 'insert',
  update: 'update',
  delete: 'delete',
} as const;

const columnValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const dataRecord = z.object({
  data: z.record(z.string(), columnValue),
  metadata: z.object({
    'record-type': z.literal('data'),
    operation: z.enum(Object.keys(operations) as [keyof typeof operations]),
    'table-name': z.string(),
    'commit-timestamp': z.string().optional(),
  }),
});
const controlRecord = z.object({ metadata: z.object({ 'record-type': z.literal('control') }) });

const primaryKeys = new Map(capturedTables.map((table) => [table.name, table.primaryKey]));
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Decodes one record of the change stream, in the JSON that AWS DMS writes for Kinesis targets
 * (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Kinesis.html), pretty or on one
 * line. Unknown columns are kept, unknown tables ignored. Never throws: what cannot be read is
 * `undecodable` with the reason.
 */
export function decodeChange(data: Uint8Array): DecodedChange {
  let json: unknown;
  try {
    json = parseExactJson(decoder.decode(data));
  } catch (error) {
    return undecodable(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = dataRecord.safeParse(json);
  if (!parsed.success) {
    if (controlRecord.safeParse(json).success) return { kind: 'ignored' };
    const issue = parsed.error.issues[0];
    return undecodable(`not a change record: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { data: row, metadata } = parsed.data;
  const table = metadata['table-name'];
  const primaryKey = primaryKeys.get(table);
  if (primaryKey === undefined) return { kind: 'ignored' };
  const operation = operations[metadata.operation];
  if (table === 'clock') return decodeTick(operation, row['ticked_at']);

  const key = row[primaryKey];
  if (key === null || key === undefined) {
    return undecodable(`${table}: primary key ${primaryKey} is missing`);
  }
  const rowVersion = operation === 'delete' ? 0 : Number(row['row_version']);
  if (!Number.isSafeInteger(rowVersion) || (operation !== 'delete' && rowVersion < 1)) {
    return undecodable(`${table} ${key}: row_version is ${JSON.stringify(row['row_version'])}`);
  }
  const commitTimestamp = metadata['commit-timestamp'];
  const commitTimeMs = commitTimestamp === undefined ? undefined : Date.parse(commitTimestamp);
  if (Number.isNaN(commitTimeMs)) {
    return undecodable(`${table} ${key}: commit-timestamp is ${commitTimestamp}`);
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
  const atMs = typeof tickedAt === 'string' ? Date.parse(tickedAt) : Number.NaN;
  if (Number.isNaN(atMs)) return undecodable(`clock: ticked_at is ${JSON.stringify(tickedAt)}`);
  return { kind: 'tick', atMs };
}

function undecodable(reason: string): DecodedChange {
  return { kind: 'undecodable', reason };
}
