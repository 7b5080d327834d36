import type { ShardId, StreamRecord } from '../../../shared/stream/record.ts';
import { shardName } from '../engine/engine-run.ts';
import { hex, isoOf, mixed } from '../engine/records.ts';

/** What comes to a job, and from how many. */
export interface LoadShape {
  /** Different products, and as many visitors, all equally frequent: the worst case. */
  readonly keys: number;
  /** Of each stream. */
  readonly shards: number;
  readonly streams: readonly string[];
}

/** A batch of one shard. */
export interface Batch {
  readonly from: ShardId;
  readonly records: readonly StreamRecord[];
}

const startMs = Date.UTC(2026, 2, 1, 12, 0, 30);
const recordsPerSecond = 1_000;
const batchRecords = 500;
const tickEveryMs = 5_000;
/** Events come out of order by up to this much. */
const disorderMs = 300;
const orderRecords = 5;
const utf8 = new TextEncoder();

/**
 * An endless day of a shop in batches, shard after shard: clicks of all kinds, orders of two lines,
 * each paid, some given back. A thousand records a second, a tick in each shard every five seconds.
 */
export class ShopLoad {
  readonly #shape: LoadShape;
  readonly #shards: readonly ShardId[];
  readonly #tickedMs = new Map<ShardId, number>();
  readonly #counts = new Map<string, number>();
  #records = 0;
  #sequence = 0;
  #next = 0;

  constructor(shape: LoadShape) {
    this.#shape = shape;
    this.#shards = Array.from({ length: shape.shards }, (_, shard) => shardName(shard)).flatMap(
      (shard) => shape.streams.map((stream) => ({ stream, shard })),
    );
  }

  get #nowMs(): number {
    return startMs + Math.floor(this.#records / recordsPerSecond) * 1_000;
  }

  /** The next batch, of the next shard. */
  batch(): Batch {
    const from = this.#nextShard();
    const records: StreamRecord[] = [];
    for (let n = 0; n < batchRecords; n += 1) {
      const index = this.#counts.get(from.stream) ?? 0;
      this.#counts.set(from.stream, index + 1);
      const atMs = this.#nowMs - (mixed(index) % disorderMs);
      this.#records += 1;
      const { keys } = this.#shape;
      const text =
        from.stream === 'clickstream'
          ? clickText(index, keys, atMs)
          : changeText(index, keys, atMs);
      records.push(this.#record(text, this.#nowMs));
    }
    if (this.#nowMs - (this.#tickedMs.get(from) ?? startMs) >= tickEveryMs) {
      this.#tickedMs.set(from, this.#nowMs);
      records.push(this.#record(tickText(from.stream, this.#nowMs - disorderMs), this.#nowMs));
    }
    return { from, records };
  }

  /** A batch of a tick alone for every shard, so much later than what was before. */
  ticks(laterMs: number): readonly Batch[] {
    this.#records += (laterMs / 1_000) * recordsPerSecond;
    return this.#shards.map((from) => {
      return { from, records: [this.#record(tickText(from.stream, this.#nowMs), this.#nowMs)] };
    });
  }

  #nextShard(): ShardId {
    const from = this.#shards[this.#next % this.#shards.length];
    this.#next += 1;
    if (!from) throw new RangeError('Cannot make a load: it must have a shard: received none');
    return from;
  }

  #record(text: string, arrivalMs: number): StreamRecord {
    this.#sequence += 1;
    const sequenceNumber = `4966${String(this.#sequence).padStart(52, '0')}`;
    return { sequenceNumber, data: utf8.encode(text), arrivalMs };
  }
}

function tickText(stream: string, atMs: number): string {
  if (stream === 'clickstream') return JSON.stringify({ type: 'tick', at: atMs });
  return changed('clock', 'update', { slice: 0, ticked_at: isoOf(atMs), row_version: 1 }, atMs);
}

/** All visitors and products come in turns; of twenty clicks three go to the cart, one out of it. */
function clickText(index: number, keys: number, atMs: number): string {
  const visitor = index % keys;
  const isKnown = visitor % 10 < 7;
  const kind = mixed(index + 7) % 20;
  const type = kind < 14 ? 'view' : kind < 17 ? 'cart' : kind < 18 ? 'remove' : 'purchase';
  return JSON.stringify({
    schemaVersion: 1,
    eventId: `${hex(index, 8)}-7d2e-4b1a-9c3f-${hex(index ^ 0x5bd1e995, 12)}`,
    type,
    occurredAtMs: atMs,
    session: hex(visitor, 32),
    user: isKnown ? personOf(visitor) : null,
    productId: productOf(index, keys),
    category: `category ${productOf(index, keys) % 50}`,
    consent: isKnown ? 'personal' : 'statistics',
  });
}

/** An order, two lines of it, its payment, and what is given back or a third line, in turns. */
function changeText(index: number, keys: number, atMs: number): string {
  const order = Math.floor(index / orderRecords);
  const customer = order % keys;
  const product = productOf(index, keys);
  const at = isoOf(atMs);
  const of = { customer_id: customer + 1, customer_hash: personOf(customer), row_version: 1 };
  const things = {
    product_id: product,
    category_id: (product % 50) + 1,
    seller_id: (product % 997) + 1,
  };
  const part = index % orderRecords;
  if (part === 0) {
    const row = { id: order + 1, ...of, ordered_at: at, total: euros(order), channel: 'web' };
    return changed('orders', 'insert', row, atMs);
  }
  if (part === 3) {
    const paid = {
      method: 'credit_card',
      installments: 1,
      amount: euros(order),
      status: 'approved',
    };
    const row = {
      id: order + 1,
      order_id: order + 1,
      ...of,
      ...paid,
      attempted_at: at,
      created_at: at,
    };
    return changed('payments', 'insert', row, atMs);
  }
  if (part === 4 && order % 10 === 0) {
    const what = { kind: 'refund', quantity: 1, method: 'credit_card', amount: euros(index) };
    const row = { id: index + 1, order_id: order + 1, ...of, ...things, ...what, occurred_at: at };
    return changed('order_adjustments', 'insert', row, atMs);
  }
  const price = { quantity: (index % 3) + 1, unit_price: euros(product), ordered_at: at };
  const row = { id: index + 1, order_id: order + 1, ...of, ...things, ...price };
  return changed('order_items', 'insert', row, atMs);
}

function changed(table: string, operation: string, data: object, atMs: number): string {
  const at = isoOf(atMs);
  const metadata = {
    timestamp: at,
    'record-type': 'data',
    operation,
    'schema-name': 'public',
    'table-name': table,
    'commit-timestamp': at,
  };
  return JSON.stringify({ data, metadata });
}

function productOf(index: number, keys: number): number {
  return ((index * 7_919) % keys) + 1;
}

function personOf(visitor: number): string {
  return hex(visitor ^ 0x1b873593, 32);
}

function euros(index: number): string {
  return ((mixed(index) % 50_000) / 100 + 1).toFixed(2);
}
