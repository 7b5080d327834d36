import { compilePattern, type Matcher } from './filter-pattern.ts';
import type { KinesisRecord } from './kinesis-reader.ts';

/** Whether the mapping wants this record at all. */
export type RecordFilter = (record: KinesisRecord) => boolean;

interface CompiledFilter {
  readonly metadata: Matcher;
  readonly data: Matcher | undefined;
  /** The pattern of `data` is a list, so it speaks of a plain string and not of JSON. */
  readonly dataIsText: boolean;
}

/**
 * Compiles the patterns of a mapping's `FilterCriteria`; a record passes if one of them matches.
 *
 * By AWS's rules for Kinesis a pattern of `data` decides on the record's decoded content: JSON
 * against JSON, string against string; content of the other kind is dropped.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html
 */
export function recordFilter(patterns: readonly string[]): RecordFilter {
  if (patterns.length === 0) return () => true;
  const filters = patterns.map(compileFilter);
  return (record) => filters.some((filter) => passes(filter, record));
}

function compileFilter(text: string): CompiledFilter {
  const pattern = parsePattern(text);
  const { data, ...metadata } = pattern;
  return {
    metadata: compilePattern(metadata),
    data: data === undefined ? undefined : compilePattern(data),
    dataIsText: Array.isArray(data),
  };
}

function parsePattern(text: string): Record<string, unknown> {
  try {
    const pattern: unknown = JSON.parse(text);
    if (isObject(pattern)) return pattern;
  } catch {
    // Told below, with the text.
  }
  throw new Error(`Cannot filter records: the pattern is not a JSON object: received ${text}`);
}

function passes(filter: CompiledFilter, record: KinesisRecord): boolean {
  const metadata = {
    kinesisSchemaVersion: '1.0',
    partitionKey: record.partitionKey,
    sequenceNumber: record.sequenceNumber,
    approximateArrivalTimestamp: record.approximateArrivalTimestamp / 1000,
  };
  if (!filter.metadata(metadata)) return false;
  if (filter.data === undefined) return true;
  const text = record.data.toString('utf8');
  const json = parseObject(text);
  if (filter.dataIsText) return json === undefined && filter.data(text);
  return json !== undefined && filter.data(json);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
