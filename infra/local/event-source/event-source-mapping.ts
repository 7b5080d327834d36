import { z } from 'zod';
import { functionName } from '../lambda/function-name.ts';
import { localAccountId, localRegion, type Resource } from '../service.ts';
import { type RecordFilter, recordFilter } from './record-filter.ts';

/** An `AWS::Lambda::EventSourceMapping` of a Kinesis stream, with AWS's defaults filled in. */
export interface EventSourceMapping {
  readonly name: string;
  /** The stream's or the stream consumer's ARN, as the function sees it in every record. */
  readonly eventSourceArn: string;
  readonly streamArn: string;
  readonly streamName: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  readonly startingPosition: StartingPosition;
  /** Minus one: without end. */
  readonly retriesMax: number;
  /** Minus one: however old. */
  readonly recordAgeMsMax: number;
  readonly bisectOnError: boolean;
  readonly reportsItemFailures: boolean;
  readonly filter: RecordFilter;
  /** Records gather a little before they are read. */
  readonly gathers: boolean;
  /** The queue that is told of records given up. */
  readonly onFailureArn: string | undefined;
}

export type StartingPosition =
  | { readonly type: 'TRIM_HORIZON' }
  | { readonly type: 'LATEST' }
  | { readonly type: 'AT_TIMESTAMP'; readonly atMs: number };

/** Bounds of https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
const mappingProperties = z.object({
  EventSourceArn: z.string().regex(/^arn:aws[\w-]*:kinesis:[^:]*:\d*:stream\/[\w.-]+/),
  FunctionName: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: z.number().int().min(1).max(10_000).default(100),
  MaximumBatchingWindowInSeconds: z.number().int().min(0).max(300).default(0),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP']),
  StartingPositionTimestamp: z.number().optional(),
  MaximumRetryAttempts: z.number().int().min(-1).max(10_000).default(-1),
  MaximumRecordAgeInSeconds: z.number().int().min(-1).max(604_800).default(-1),
  BisectBatchOnFunctionError: z.boolean().default(false),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  FilterCriteria: z
    .object({ Filters: z.array(z.object({ Pattern: z.string() })).default([]) })
    .optional(),
  DestinationConfig: z
    .object({
      OnFailure: z
        .object({
          Destination: z.string().startsWith('arn:aws:sqs:', 'only a queue can be told').optional(),
        })
        .optional(),
    })
    .optional(),
  ParallelizationFactor: z.literal(1, 'only 1 keeps the order of a shard').optional(),
  TumblingWindowInSeconds: z.literal(0, 'tumbling windows are not played').optional(),
});

type MappingProperties = z.output<typeof mappingProperties>;

/** Reads a mapping from the template; names what it cannot play. */
export function eventSourceMapping(resource: Resource): EventSourceMapping {
  const parsed = mappingProperties.safeParse(resource.properties);
  if (!parsed.success) {
    throw new Error(
      `Cannot play event source mapping: its properties are wrong: received ${resource.logicalId}: ${z.prettifyError(parsed.error)}`,
    );
  }
  const properties = parsed.data;
  const name = functionName(properties.FunctionName);
  // A consumer's ARN is its stream's with `/consumer/…` behind.
  const [streamArn = properties.EventSourceArn] = properties.EventSourceArn.split('/consumer/');
  const patterns = properties.FilterCriteria?.Filters.map(({ Pattern }) => Pattern) ?? [];
  return {
    name: resource.logicalId,
    eventSourceArn: properties.EventSourceArn,
    streamArn,
    streamName: streamArn.slice(streamArn.indexOf('/') + 1),
    functionName: name,
    functionArn: `arn:aws:lambda:${localRegion}:${localAccountId}:function:${name}`,
    enabled: properties.Enabled,
    batchSize: properties.BatchSize,
    batchingWindowMs: properties.MaximumBatchingWindowInSeconds * 1000,
    startingPosition: startingPosition(resource.logicalId, properties),
    retriesMax: properties.MaximumRetryAttempts,
    recordAgeMsMax:
      properties.MaximumRecordAgeInSeconds < 0 ? -1 : properties.MaximumRecordAgeInSeconds * 1000,
    bisectOnError: properties.BisectBatchOnFunctionError,
    reportsItemFailures: properties.FunctionResponseTypes.length > 0,
    filter: recordFilter(patterns),
    gathers: patterns.length === 0 && streamArn === properties.EventSourceArn,
    onFailureArn: properties.DestinationConfig?.OnFailure?.Destination,
  };
}

function startingPosition(logicalId: string, properties: MappingProperties): StartingPosition {
  const { StartingPosition: type, StartingPositionTimestamp: atSeconds } = properties;
  if (type !== 'AT_TIMESTAMP') return { type };
  if (atSeconds === undefined) {
    throw new Error(
      `Cannot play event source mapping: AT_TIMESTAMP needs StartingPositionTimestamp: received ${logicalId}`,
    );
  }
  return { type, atMs: atSeconds * 1000 };
}
