import { z } from 'zod';
import type { Resource } from '../service.ts';
import { checkSchema, type SchemaColumn } from './column-text.ts';
import { parsePartitionQuery } from './partition-query.ts';

/** A delivery stream of the template, as far as it is played. Plain data: it travels to a thread. */
export interface DeliveryStream {
  readonly name: string;
  readonly arn: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly errorPrefix: string;
  readonly fileExtension: string;
  readonly buffer: { readonly intervalMs: number; readonly sizeBytes: number };
  readonly deaggregates: boolean;
  /** The jq query of dynamic partitioning, or undefined without it. */
  readonly partitionQuery: string | undefined;
  readonly schema: {
    readonly database: string;
    readonly table: string;
    readonly columns: readonly SchemaColumn[];
    readonly compression: 'SNAPPY' | 'GZIP' | 'UNCOMPRESSED';
  };
}

const parameters = z
  .array(z.object({ ParameterName: z.string(), ParameterValue: z.string() }))
  .default([]);

const deliveryStream = z.object({
  ExtendedS3DestinationConfiguration: z.object({
    BucketARN: z.string(),
    Prefix: z.string().default(''),
    ErrorOutputPrefix: z.string().default(''),
    FileExtension: z.string().default('.parquet'),
    BufferingHints: z
      .object({ IntervalInSeconds: z.number().default(300), SizeInMBs: z.number().default(5) })
      .prefault({}),
    DynamicPartitioningConfiguration: z.object({ Enabled: z.boolean() }).optional(),
    ProcessingConfiguration: z
      .object({
        Enabled: z.boolean(),
        Processors: z.array(z.object({ Type: z.string(), Parameters: parameters })).default([]),
      })
      .optional(),
    DataFormatConversionConfiguration: z.object({
      Enabled: z.literal(true).optional(),
      InputFormatConfiguration: z.object({
        Deserializer: z.object({ OpenXJsonSerDe: z.looseObject({}) }),
      }),
      OutputFormatConfiguration: z.object({
        Serializer: z.object({
          ParquetSerDe: z.object({
            Compression: z.enum(['SNAPPY', 'GZIP', 'UNCOMPRESSED']).default('SNAPPY'),
          }),
        }),
      }),
      SchemaConfiguration: z.object({ DatabaseName: z.string(), TableName: z.string() }),
    }),
  }),
});

const glueTable = z.object({
  DatabaseName: z.string(),
  TableInput: z.object({
    Name: z.string(),
    StorageDescriptor: z.object({
      Columns: z.array(z.object({ Name: z.string(), Type: z.string() })),
    }),
  }),
});

/**
 * Reads a delivery stream of the template and the Glue table that gives it its schema.
 *
 * @throws Error for what cannot be played: another destination or format, a processor or a query
 * that is not understood, a table that is not in the template.
 */
export function readDeliveryStream(
  resource: Resource,
  tables: readonly Resource[],
): DeliveryStream {
  const parsed = deliveryStream.safeParse(resource.properties);
  if (!parsed.success) throw cannotPlay(resource.ref, z.prettifyError(parsed.error));
  const { ExtendedS3DestinationConfiguration: s3 } = parsed.data;
  const processors = s3.ProcessingConfiguration?.Enabled
    ? s3.ProcessingConfiguration.Processors
    : [];
  const unknown = processors.find(
    ({ Type }) =>
      !['RecordDeAggregation', 'MetadataExtraction', 'AppendDelimiterToRecord'].includes(Type),
  );
  if (unknown) throw cannotPlay(resource.ref, `no processor ${unknown.Type} here`);
  const parameterOf = (type: string, name: string): string | undefined =>
    processors
      .find(({ Type }) => Type === type)
      ?.Parameters.find(({ ParameterName }) => ParameterName === name)?.ParameterValue;
  const subRecords = parameterOf('RecordDeAggregation', 'SubRecordType');
  if (subRecords !== undefined && subRecords !== 'JSON') {
    throw cannotPlay(resource.ref, `records of type ${subRecords} cannot be taken apart here`);
  }
  const partitionQuery = s3.DynamicPartitioningConfiguration?.Enabled
    ? parameterOf('MetadataExtraction', 'MetadataExtractionQuery')
    : undefined;
  if (partitionQuery !== undefined) parsePartitionQuery(partitionQuery);
  const conversion = s3.DataFormatConversionConfiguration;
  return {
    name: resource.ref,
    arn: resource.attributes['Arn'] ?? resource.ref,
    bucket: s3.BucketARN.split(':').at(-1) ?? '',
    prefix: s3.Prefix,
    errorPrefix: s3.ErrorOutputPrefix,
    fileExtension: s3.FileExtension,
    buffer: {
      intervalMs: s3.BufferingHints.IntervalInSeconds * 1000,
      sizeBytes: s3.BufferingHints.SizeInMBs * 1024 * 1024,
    },
    deaggregates: subRecords === 'JSON',
    partitionQuery,
    schema: {
      ...schemaOf(resource.ref, conversion.SchemaConfiguration, tables),
      compression: conversion.OutputFormatConfiguration.Serializer.ParquetSerDe.Compression,
    },
  };
}

function schemaOf(
  stream: string,
  { DatabaseName, TableName }: { DatabaseName: string; TableName: string },
  tables: readonly Resource[],
): { database: string; table: string; columns: readonly SchemaColumn[] } {
  for (const { properties } of tables) {
    const parsed = glueTable.safeParse(properties);
    if (!parsed.success) continue;
    const { Name, StorageDescriptor } = parsed.data.TableInput;
    if (parsed.data.DatabaseName !== DatabaseName || Name !== TableName) continue;
    const columns = StorageDescriptor.Columns.map((column) => ({
      name: column.Name,
      type: column.Type.toLowerCase(),
    }));
    checkSchema(columns);
    return { database: DatabaseName, table: TableName, columns };
  }
  throw cannotPlay(stream, `its Glue table ${DatabaseName}.${TableName} is not in the template`);
}

function cannotPlay(stream: string, reason: string): Error {
  return new Error(`Cannot play delivery stream ${stream}: ${reason}`);
}
