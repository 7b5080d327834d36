import type { GlueType } from '../../shared/lake/column-types.ts';
import type { LakeDataSet } from '../../shared/lake/data-sets.ts';
import { timestampText } from '../../shared/lake/rows.ts';

/** One captured insert as the lake keeps it, as the change record it once was. */
export interface LakeFact {
  /** The time that its data set is filed by. */
  readonly atMs: number;
  /** Orders facts of one time: equal reads give equal orders. */
  readonly id: string;
  readonly data: Uint8Array;
}

/** A stretch of time: `fromMs` is in it, `toMs` is not. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const dayMs = 24 * 3_600_000;

/** Asks for the inserts of a data set whose time lies in a span, in order; partitions are pruned. */
export function factsSql({ table, columns, partition }: LakeDataSet, { fromMs, toMs }: Span) {
  const { name, from } = partition;
  const length = name === 'month' ? 7 : 10;
  const partitionOf = (atMs: number): string => timestampText(atMs).slice(0, length);
  return [
    `SELECT ${columns.map((column) => column.name).join(', ')}`,
    `FROM ${table}`,
    `WHERE ${name} BETWEEN '${partitionOf(fromMs)}' AND '${partitionOf(toMs - 1)}'`,
    `AND _op = 'insert'`,
    `AND ${from} >= TIMESTAMP '${timestampText(fromMs)}'`,
    `AND ${from} < TIMESTAMP '${timestampText(toMs)}'`,
    `ORDER BY ${from}, id`,
  ].join('\n');
}

/** Asks for the time of the first insert and of the last. */
export function boundsSql({ table, partition: { from } }: LakeDataSet): string {
  return `SELECT min(${from}), max(${from}) FROM ${table} WHERE _op = 'insert'`;
}

/** Cuts a span into days, so that no answer grows beyond what one day holds. */
export function* daysOf({ fromMs, toMs }: Span): Iterable<Span> {
  for (let dayFromMs = fromMs; dayFromMs < toMs; ) {
    const nextMs = Math.min(toMs, (Math.floor(dayFromMs / dayMs) + 1) * dayMs);
    yield { fromMs: dayFromMs, toMs: nextMs };
    dayFromMs = nextMs;
  }
}

/** An instant as Athena prints it; undefined for NULL. */
export function instantOf(text: string | null | undefined): number | undefined {
  return text == null ? undefined : Date.parse(`${text.replace(' ', 'T')}Z`);
}

/** A row of the answer to {@link factsSql}, in the JSON in which the capture had put it. */
export function lakeFact(dataSet: LakeDataSet, row: readonly (string | null)[]): LakeFact {
  const values = new Map(dataSet.columns.map(({ name }, index) => [name, row[index] ?? null]));
  const commitMs = instantOf(values.get('_ts'));
  const record = {
    data: Object.fromEntries(
      dataSet.columns
        .filter(({ name }) => !name.startsWith('_'))
        .map(({ name, type }) => [name, captured(type, values.get(name) ?? null)]),
    ),
    metadata: {
      'record-type': 'data',
      operation: 'insert',
      'table-name': dataSet.name,
      ...(commitMs !== undefined && { 'commit-timestamp': new Date(commitMs).toISOString() }),
    },
  };
  return {
    atMs: instantOf(values.get(dataSet.partition.from)) ?? 0,
    id: `${dataSet.name}|${values.get(dataSet.primaryKey)?.padStart(20, '0')}`,
    data: Buffer.from(JSON.stringify(record)),
  };
}

/** The clock row: everything before `atMs` was sent ahead of it. */
export function lakeTick(atMs: number): Uint8Array {
  const record = {
    data: { slice: 0, ticked_at: new Date(atMs).toISOString() },
    metadata: { 'record-type': 'data', operation: 'update', 'table-name': 'clock' },
  };
  return Buffer.from(JSON.stringify(record));
}

function captured(type: GlueType, text: string | null): string | number | boolean | null {
  if (text === null) return null;
  switch (type) {
    case 'bigint':
    case 'int':
      // Beyond 2^53 a number would be rounded.
      return Number.isSafeInteger(Number(text)) ? Number(text) : text;
    case 'boolean':
      return text === 'true';
    case 'timestamp':
      return new Date(instantOf(text) ?? 0).toISOString();
    default:
      return text;
  }
}
