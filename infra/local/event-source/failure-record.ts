import type { EventSourceMapping } from './event-source-mapping.ts';
import type { KinesisRecord } from './kinesis-reader.ts';

/** What an on-failure destination receives of records a mapping gives up: where they are, not what. */
export interface FailureRecord {
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
    readonly approximateInvokeCount: number;
  };
  /** Absent when age, not the function, decided. */
  readonly responseContext?: {
    readonly statusCode: 200;
    readonly executedVersion: '$LATEST';
    /** Null when the function answered with failed items. */
    readonly functionError: 'Unhandled' | null;
  };
  readonly version: '1.0';
  readonly timestamp: string;
  readonly KinesisBatchInfo: {
    readonly shardId: string;
    readonly startSequenceNumber: string;
    readonly endSequenceNumber: string;
    readonly approximateArrivalOfFirstRecord: string;
    readonly approximateArrivalOfLastRecord: string;
    readonly batchSize: number;
    readonly streamArn: string;
  };
}

/** Why records are given up. */
export type GiveUpReason =
  | { readonly condition: 'RecordAgeExceeded' }
  | { readonly condition: 'RetryAttemptsExhausted'; readonly functionError: 'Unhandled' | null };

/** https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html */
export function failureRecord(
  mapping: EventSourceMapping,
  shardId: string,
  records: readonly KinesisRecord[],
  reason: GiveUpReason,
  circumstances: {
    readonly requestId: string;
    readonly invokeCount: number;
    readonly nowMs: number;
  },
): FailureRecord {
  const first = records[0];
  const last = records.at(-1);
  if (first === undefined || last === undefined) {
    throw new RangeError(
      'Cannot report discarded records: there are none: received an empty batch',
    );
  }
  return {
    requestContext: {
      requestId: circumstances.requestId,
      functionArn: mapping.functionArn,
      condition: reason.condition,
      approximateInvokeCount: circumstances.invokeCount,
    },
    ...(reason.condition === 'RetryAttemptsExhausted' && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: reason.functionError,
      },
    }),
    version: '1.0',
    timestamp: new Date(circumstances.nowMs).toISOString(),
    KinesisBatchInfo: {
      shardId,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: last.sequenceNumber,
      approximateArrivalOfFirstRecord: iso(first),
      approximateArrivalOfLastRecord: iso(last),
      batchSize: records.length,
      streamArn: mapping.streamArn,
    },
  };
}

function iso(record: KinesisRecord): string {
  return new Date(record.approximateArrivalTimestamp).toISOString();
}
