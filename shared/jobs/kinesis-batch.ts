import type { ShardId, StreamRecord } from '../stream/record.ts';

/** A batch as an event source mapping brings it: records of one shard, in its order. */
export interface KinesisBatch {
  readonly from: ShardId;
  readonly records: readonly StreamRecord[];
}

/**
 * Reads the event of a Kinesis mapping
 * (https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html). The form is checked by hand:
 * a batch has up to 10,000 records.
 *
 * @returns records of one shard; `from.stream` is the stream's physical name, also where the
 * mapping reads by enhanced fan-out.
 * @throws TypeError when the event has another form.
 */
export function parseKinesisBatch(event: unknown): KinesisBatch {
  const entries = isObject(event) ? event['Records'] : undefined;
  if (!Array.isArray(entries) || entries.length === 0) throw unlike('Records', entries);
  const first: unknown = entries[0];
  if (!isObject(first)) throw unlike('Records.0', first);
  const { eventID, eventSourceARN } = first;
  if (typeof eventID !== 'string') throw unlike('Records.0.eventID', eventID);
  if (typeof eventSourceARN !== 'string') throw unlike('Records.0.eventSourceARN', eventSourceARN);
  const shard = eventID.split(':')[0] ?? '';
  const stream = eventSourceARN.split(':stream/')[1]?.split('/')[0] ?? '';
  return { from: { stream, shard }, records: entries.map(readRecord) };
}

function readRecord(entry: unknown, index: number): StreamRecord {
  const kinesis = isObject(entry) ? entry['kinesis'] : undefined;
  if (!isObject(kinesis)) throw unlike(`Records.${index}.kinesis`, kinesis);
  const { sequenceNumber, data, approximateArrivalTimestamp: arrival } = kinesis;
  if (typeof sequenceNumber !== 'string') {
    throw unlike(`Records.${index}.kinesis.sequenceNumber`, sequenceNumber);
  }
  if (typeof data !== 'string') throw unlike(`Records.${index}.kinesis.data`, data);
  if (typeof arrival !== 'number' || !Number.isFinite(arrival)) {
    throw unlike(`Records.${index}.kinesis.approximateArrivalTimestamp`, arrival);
  }
  return {
    sequenceNumber,
    data: Buffer.from(data, 'base64'),
    arrivalMs: Math.round(arrival * 1000),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function unlike(place: string, received: unknown): TypeError {
  const value = received === undefined ? 'nothing' : JSON.stringify(received)?.slice(0, 200);
  return new TypeError(
    `Cannot read batch: ${place} is not as a Kinesis mapping brings it: received ${value}`,
  );
}
