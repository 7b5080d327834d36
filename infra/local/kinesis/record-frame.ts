import { crc32 } from 'node:zlib';
import type { KinesisRecord } from './record.ts';
import { parseSequenceNumber, sequenceNumber, sequencePrefix } from './sequence-number.ts';

/**
 * A record on disk, numbers big-endian:
 *
 *     u32 payload length | u32 CRC-32 of the payload | payload
 *     payload: f64 arrival ms | f64 stamp ms | f64 counter | u16 key length | key | data
 */
const headerBytes = 8;
const fixedPayloadBytes = 26;

export interface EncodedRecords {
  readonly frames: Buffer;
  /** The records, with their data lying in the frames: who keeps them keeps no more than that. */
  readonly records: readonly KinesisRecord[];
}

/** @param records all of one shard, in order. */
export function encodeRecords(records: readonly KinesisRecord[]): EncodedRecords {
  const keys = records.map(({ partitionKey }) => Buffer.from(partitionKey));
  const payloadBytes = records.map(
    ({ data }, index) => fixedPayloadBytes + (keys[index]?.length ?? 0) + data.length,
  );
  const total = payloadBytes.reduce((sum, bytes) => sum + headerBytes + bytes, 0);
  // Not from the pool: a short record kept in memory would hold a whole slab of it.
  const frames = Buffer.allocUnsafeSlow(total);
  const encoded: KinesisRecord[] = [];
  let at = 0;
  for (const [index, record] of records.entries()) {
    const key = keys[index] ?? Buffer.alloc(0);
    const length = payloadBytes[index] ?? 0;
    const payload = frames.subarray(at + headerBytes, at + headerBytes + length);
    writePayload(payload, record, key);
    frames.writeUInt32BE(length, at);
    frames.writeUInt32BE(crc32(payload), at + 4);
    encoded.push({ ...record, data: payload.subarray(fixedPayloadBytes + key.length) });
    at += headerBytes + length;
  }
  return { frames, records: encoded };
}

function writePayload(payload: Buffer, record: KinesisRecord, key: Buffer): void {
  const position = parseSequenceNumber(record.sequenceNumber);
  if (position === undefined) {
    throw new RangeError(
      `Cannot store record: its sequence number is not ours: received ${record.sequenceNumber}`,
    );
  }
  payload.writeDoubleBE(record.approximateArrivalTimestamp, 0);
  payload.writeDoubleBE(position.stampMs, 8);
  payload.writeDoubleBE(Number(position.counter), 16);
  payload.writeUInt16BE(key.length, 24);
  key.copy(payload, fixedPayloadBytes);
  record.data.copy(payload, fixedPayloadBytes + key.length);
}

export interface DecodedFrame {
  readonly record: KinesisRecord;
  /** Where the next frame begins. */
  readonly end: number;
}

/**
 * Reads the frame at an offset. Undefined where none is whole: at the end of the bytes, where a
 * write was cut short, and where the checksum does not agree.
 */
export function decodeFrame(
  bytes: Buffer,
  offset: number,
  shardIndex: number,
): DecodedFrame | undefined {
  const payloadStart = offset + headerBytes;
  if (payloadStart > bytes.length) return undefined;
  const length = bytes.readUInt32BE(offset);
  const end = payloadStart + length;
  if (length < fixedPayloadBytes || end > bytes.length) return undefined;
  const payload = bytes.subarray(payloadStart, end);
  if (crc32(payload) !== bytes.readUInt32BE(offset + 4)) return undefined;
  const dataAt = fixedPayloadBytes + payload.readUInt16BE(24);
  if (dataAt > length) return undefined;
  const prefix = sequencePrefix(payload.readDoubleBE(8), shardIndex);
  return {
    end,
    record: {
      sequenceNumber: sequenceNumber(prefix, payload.readDoubleBE(16)),
      partitionKey: payload.toString('utf8', fixedPayloadBytes, dataAt),
      data: payload.subarray(dataAt),
      approximateArrivalTimestamp: payload.readDoubleBE(0),
    },
  };
}

/** The whole length of the frame at an offset, or undefined where its header is not there. */
export function frameBytes(bytes: Buffer, offset: number): number | undefined {
  if (offset + headerBytes > bytes.length) return undefined;
  return headerBytes + bytes.readUInt32BE(offset);
}
