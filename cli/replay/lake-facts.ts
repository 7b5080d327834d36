import { type ClickRecord, clickRecord, clickSchemaVersion } from '../../shared/events/click.ts';
import type { GlueType } from '../../shared/lake/column-types.ts';
import type { LakeDataSet } from '../../shared/lake/data-sets.ts';

/** One fact as the lake keeps it, as the record of its stream that it once was. */
export interface LakeFact {
  readonly stream: LakeDataSet['stream'];
  /** The time that its data set is filed by. */
  readonly atMs: number;
  /** Orders facts of one time; equal for copies of one fact, and for nothing else. */
  readonly id: string;
  /** When it was committed, or taken by its stream. */
  readonly arrivalMs: number;
  /** Told later than it happened: jobs that read the stream have left it out. */
  readonly isBackfill: boolean;
  readonly data: Uint8Array;
}

/** An instant as Athena prints it; undefined for NULL. */
function instantOf(text: string | null | undefined): number | undefined {
  return text == null ? undefined : Date.parse(`${text.replace(' ', 'T')}Z`);
}

/**
 * A row of the lake as the record that was put, in which nothing is history any more: it is told in
 * its place.
 *
 * @param row the values of the data set's columns, in their order.
 */
export function lakeFact(dataSet: LakeDataSet, row: readonly (string | null)[]): LakeFact {
  const values = new Map(dataSet.columns.map(({ name }, index) => [name, row[index] ?? null]));
  const atMs = instantOf(values.get(dataSet.partition.from)) ?? 0;
  const arrivalMs = instantOf(values.get('_ts')) ?? atMs;
  const record =
    dataSet.stream === 'clickstream' ? clickOf(values, atMs) : changeOf(dataSet, values, arrivalMs);
  return {
    stream: dataSet.stream,
    atMs,
    id: `${dataSet.name}|${values.get(dataSet.primaryKey)}`,
    arrivalMs,
    isBackfill: values.get('is_backfill') === 'true',
    data: Buffer.from(JSON.stringify(record)),
  };
}

/** A tick of a stream: everything before `atMs` was sent ahead of it. */
export function lakeTick(stream: LakeDataSet['stream'], atMs: number): Uint8Array {
  const tick =
    stream === 'clickstream'
      ? { type: 'tick', at: atMs }
      : {
          data: { slice: 0, ticked_at: new Date(atMs).toISOString() },
          metadata: { 'record-type': 'data', operation: 'update', 'table-name': 'clock' },
        };
  return Buffer.from(JSON.stringify(tick));
}

type Values = ReadonlyMap<string, string | null>;

function clickOf(values: Values, occurredAtMs: number): ClickRecord {
  const productId = values.get('product_id');
  const page = values.get('page');
  return clickRecord.parse({
    schemaVersion: clickSchemaVersion,
    eventId: values.get('event_id'),
    type: values.get('type'),
    occurredAtMs,
    session: values.get('session_hash'),
    user: values.get('user_hash'),
    productId: productId == null ? null : Number(productId),
    category: values.get('category'),
    ...(page != null && { page }),
    consent: values.get('consent'),
  });
}

function changeOf({ name, columns }: LakeDataSet, values: Values, commitMs: number) {
  const data = columns
    .filter((column) => !column.name.startsWith('_'))
    .map((column) => [column.name, captured(column.type, values.get(column.name) ?? null)]);
  return {
    data: { ...Object.fromEntries(data), is_backfill: false },
    metadata: {
      'record-type': 'data',
      operation: 'insert',
      'table-name': name,
      'commit-timestamp': new Date(commitMs).toISOString(),
    },
  };
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
