/** Records of one kind, made so that equal numbers give equal bytes. */
export interface RecordKind {
  readonly stream: string;
  /** @param index of the event, from 0; with it comes its identity. */
  text(index: number, key: number, atMs: number): string;
  tickText(atMs: number): string;
}

/** An event of a Kinesis mapping as Lambda hands it over: data in base64. */
export interface KinesisEvent {
  readonly Records: readonly {
    readonly eventID: string;
    readonly eventSource: string;
    readonly eventSourceARN: string;
    readonly kinesis: {
      readonly kinesisSchemaVersion: string;
      readonly partitionKey: string;
      readonly sequenceNumber: string;
      readonly data: string;
      readonly approximateArrivalTimestamp: number;
    };
  }[];
}

/** A click as the intake writes it, about 250 bytes: the key is its product. */
const click: RecordKind = {
  stream: 'clickstream',
  text: (index, key, atMs) =>
    JSON.stringify({
      schemaVersion: 1,
      eventId: `${hex(index, 8)}-7d2e-4b1a-9c3f-${hex(index ^ 0x5bd1e995, 12)}`,
      type: index % 50 === 0 ? 'purchase' : 'view',
      occurredAtMs: atMs,
      session: hex(key, 32),
      user: hex(key ^ 0x1b873593, 32),
      productId: key + 1,
      category: null,
      consent: 'personal',
    }),
  tickText: (atMs) => JSON.stringify({ type: 'tick', at: atMs }),
};

/** The insert of an order as DMS writes it, about 700 bytes: the key is its customer. */
const order: RecordKind = {
  stream: 'shop-changes',
  text: (index, key, atMs) => {
    const at = isoOf(atMs);
    const position = `00000000/${hex(index, 8).toUpperCase()}`;
    return `{"data":{"id":${index + 1},"customer_id":${key + 1},"ordered_at":"${at}","total":${euros(index)},"status":"placed","channel":"web","device_id":"device-${key % 1_000}","shipping_country":"DE","payment_id":null,"shipment_id":null,"row_version":1,"created_at":"${at}","updated_at":"${at}"},"metadata":{"timestamp":"${at}","record-type":"data","operation":"insert","partition-key-type":"attribute-name","schema-name":"public","table-name":"orders","transaction-id":${index + 700},"transaction-record-id":1,"prev-transaction-id":${index + 699},"prev-transaction-record-id":2,"commit-timestamp":"${at}","stream-position":"${position}.1.${position}"}}`;
  },
  tickText: (atMs) =>
    `{"data":{"slice":0,"ticked_at":"${isoOf(atMs)}","row_version":1},"metadata":{"record-type":"data","operation":"update","table-name":"clock"}}`,
};

export const recordKinds = { click, order };

/** What a number becomes when its bits are mixed: the same each time, spread over 32 bits. */
export function mixed(index: number): number {
  let bits = Math.imul(index ^ (index >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** So many hexadecimal digits that follow from a number. */
export function hex(value: number, width: number): string {
  return mixed(value).toString(16).padStart(8, '0').repeat(4).slice(0, width);
}

function euros(index: number): string {
  return ((mixed(index) % 50_000) / 100 + 1).toFixed(2);
}

/** A time as the capture writes it, to the microsecond. */
export function isoOf(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '417Z');
}
