import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ColumnTexts, columnTexts } from './column-text.ts';
import { deaggregate } from './deaggregate.ts';
import type { DeliveryStream } from './delivery-stream.ts';
import { expandPrefix } from './object-prefix.ts';
import { writeParquet } from './parquet-file.ts';
import { parsePartitionQuery } from './partition-query.ts';
import { readSegment, type Segment } from './segments.ts';

/** An object made of a segment, staged in a file. */
export interface StagedObject {
  readonly key: string;
  readonly file: string;
}

interface Failure {
  readonly errorType: 'processing-failed' | 'format-conversion-failed';
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly rawData: string;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Makes the objects of a segment: one Parquet file per partition, and per kind of error one file of
 * JSON lines with the records that could not be converted. The keys depend on the segment alone, so
 * delivering it again after a crash replaces its objects instead of doubling them.
 */
export async function makeObjects(
  stream: DeliveryStream,
  segment: Segment,
  stagingDirectory: string,
): Promise<readonly StagedObject[]> {
  const { rows, failures } = await readRows(stream, segment);
  const objects: StagedObject[] = [];
  for (const [prefix, ofPrefix] of rows) {
    const { key, file } = place(stream, segment, prefix, stream.fileExtension, stagingDirectory);
    await writeParquet(stream.schema, ofPrefix, file);
    objects.push({ key, file });
  }
  for (const [errorType, ofType] of Map.groupBy(failures, (failure) => failure.errorType)) {
    const prefix = expandPrefix(stream.errorPrefix, {
      arrivalMs: segment.arrivalMs,
      partition: {},
      random: idOf(stream, segment, errorType).slice(0, 11),
      errorType,
    });
    const { key, file } = place(stream, segment, prefix, '', stagingDirectory);
    await writeFile(
      file,
      ofType.map((failure) => `${errorLine(stream, segment, failure)}\n`).join(''),
    );
    objects.push({ key, file });
  }
  return objects;
}

async function readRows(stream: DeliveryStream, segment: Segment) {
  const rows = new Map<string, ColumnTexts[]>();
  const failures: Failure[] = [];
  const partitionOf = parsePartitionQuery(stream.partitionQuery ?? '{}');
  const fail = (record: string | Buffer, errorCode: string, error: unknown): void => {
    const conversion = errorCode.startsWith('DataFormatConversion');
    failures.push({
      errorType: conversion ? 'format-conversion-failed' : 'processing-failed',
      errorCode,
      errorMessage: error instanceof Error ? error.message : String(error),
      rawData: Buffer.from(record).toString('base64'),
    });
  };
  for (const record of await readSegment(segment.file)) {
    let texts: string[];
    try {
      const text = decoder.decode(record);
      texts = stream.deaggregates ? deaggregate(text) : [text];
    } catch (error) {
      fail(record, 'DynamicPartitioning.DeAggregationFailed', error);
      continue;
    }
    for (const text of texts) {
      let prefix: string;
      try {
        prefix = expandPrefix(stream.prefix, {
          arrivalMs: segment.arrivalMs,
          partition: stream.partitionQuery === undefined ? {} : partitionOf(JSON.parse(text)),
          random: idOf(stream, segment, '').slice(0, 11),
        });
      } catch (error) {
        fail(text, 'DynamicPartitioning.MetadataExtractionFailed', error);
        continue;
      }
      try {
        const row = columnTexts(stream.schema.columns, text);
        const ofPrefix = rows.get(prefix);
        if (ofPrefix) ofPrefix.push(row);
        else rows.set(prefix, [row]);
      } catch (error) {
        fail(text, 'DataFormatConversion.ParseError', error);
      }
    }
  }
  return { rows, failures };
}

/** https://docs.aws.amazon.com/firehose/latest/dev/retry.html: the lines of an error object. */
function errorLine(stream: DeliveryStream, segment: Segment, failure: Failure): string {
  const { errorCode, errorMessage, errorType, rawData } = failure;
  if (errorType === 'processing-failed') {
    return JSON.stringify({
      attemptsMade: 1,
      arrivalTimestamp: segment.arrivalMs,
      errorCode,
      errorMessage,
      attemptEndingTimestamp: segment.arrivalMs,
      rawData,
    });
  }
  return JSON.stringify({
    attemptsMade: 1,
    arrivalTimestamp: segment.arrivalMs,
    lastErrorCode: errorCode,
    lastErrorMessage: errorMessage,
    attemptEndingTimestamp: segment.arrivalMs,
    rawData,
    dataCatalogTable: { databaseName: stream.schema.database, tableName: stream.schema.table },
  });
}

/** A key in AWS's form, `<stream>-<version>-<time>-<id>`, its id taken from what it is made of. */
function place(
  stream: DeliveryStream,
  segment: Segment,
  prefix: string,
  extension: string,
  stagingDirectory: string,
): StagedObject {
  const id = idOf(stream, segment, prefix).replace(
    /^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/,
    '$1-$2-$3-$4-$5',
  );
  const time = new Date(segment.arrivalMs).toISOString().slice(0, 19).replace(/[T:]/g, '-');
  const name = `${stream.name}-1-${time}-${id}${extension}`;
  return { key: `${prefix}${name}`, file: path.join(stagingDirectory, name) };
}

function idOf(stream: DeliveryStream, segment: Segment, part: string): string {
  return createHash('sha256')
    .update(`${stream.name}\n${path.basename(segment.file)}\n${part}`)
    .digest('hex');
}
