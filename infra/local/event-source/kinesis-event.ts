import { payloadBytesMax } from '../lambda/invocation-result.ts';
import { localRegion } from '../service.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import type { KinesisRecord } from './kinesis-reader.ts';

/** A record as the function receives it. */
export interface KinesisEventRecord {
  readonly kinesis: {
    readonly kinesisSchemaVersion: '1.0';
    readonly partitionKey: string;
    readonly sequenceNumber: string;
    /** Base64. */
    readonly data: string;
    /** Epoch seconds with a fraction. */
    readonly approximateArrivalTimestamp: number;
  };
  readonly eventSource: 'aws:kinesis';
  readonly eventVersion: '1.0';
  readonly eventID: string;
  readonly eventName: 'aws:kinesis:record';
  readonly invokeIdentityArn: string;
  readonly awsRegion: string;
  readonly eventSourceARN: string;
}

export interface KinesisEvent {
  readonly Records: readonly KinesisEventRecord[];
}

/** What is left for records in an event of 6 MB. */
export const recordsBytesMax = payloadBytesMax - Buffer.byteLength('{"Records":[]}');

/** The event of a batch. */
export function kinesisEvent(
  mapping: EventSourceMapping,
  shardId: string,
  records: readonly KinesisRecord[],
): KinesisEvent {
  return { Records: records.map((record) => eventRecord(mapping, shardId, record)) };
}

function eventRecord(
  mapping: EventSourceMapping,
  shardId: string,
  record: KinesisRecord,
): KinesisEventRecord {
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: record.partitionKey,
      sequenceNumber: record.sequenceNumber,
      data: record.data.toString('base64'),
      approximateArrivalTimestamp: record.approximateArrivalTimestamp / 1000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${shardId}:${record.sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    // The mapping reads with the function's role; which one it is no function of ours asks.
    invokeIdentityArn: mapping.functionArn,
    awsRegion: localRegion,
    eventSourceARN: mapping.eventSourceArn,
  };
}

/** Bytes a record takes in the event's JSON, its comma included; found without encoding its data. */
export function eventRecordBytes(
  mapping: EventSourceMapping,
  shardId: string,
  record: KinesisRecord,
): number {
  const withoutData = eventRecord(mapping, shardId, { ...record, data: Buffer.alloc(0) });
  const base64Bytes = Math.ceil(record.data.length / 3) * 4;
  return Buffer.byteLength(JSON.stringify(withoutData)) + base64Bytes + 1;
}
