import type { StreamRecord } from '../stream/record.ts';
import { type Decoded, oncePerBatch, type Source } from '../stream/source.ts';
import { toCents } from './cents.ts';
import { decodeChange } from './decode-change.ts';
import type { ColumnValue, RowChange } from './row-change.ts';
import { utcInstantMs } from './utc-instant.ts';

/** What the jobs see of the shop: facts that stand for themselves and never change. */
export interface ShopFacts {
  readonly order: {
    readonly kind: 'order';
    readonly orderId: string;
    readonly customerId: string;
    readonly totalCents: number;
    readonly orderedAtMs: number;
    readonly channel: string | null;
    readonly country: string | null;
    /** When it was committed; undefined only where the capture does not tell. */
    readonly committedAtMs: number | undefined;
  };
  readonly orderItem: {
    readonly kind: 'orderItem';
    readonly orderId: string;
    readonly productId: string;
    readonly quantity: number;
    readonly unitPriceCents: number;
    readonly orderedAtMs: number;
  };
  /** A refund, cancellation or expiry, at its own time. */
  readonly adjustment: {
    readonly kind: 'adjustment';
    readonly orderId: string;
    readonly amountCents: number;
    readonly occurredAtMs: number;
  };
}

type FactKind = keyof ShopFacts;
type Fact = ShopFacts[FactKind];

/** A record as all sources of facts read it; where a row is at fault, it says of which kind. */
type ReadRecord = Decoded<Fact> & { readonly faultOf?: FactKind | undefined };

/**
 * The change stream as a source of facts of these kinds. Facts are inserted once and never change,
 * so only inserts are events; rows of a full load were there before the capture and are no news, and
 * history that is told later (`is_backfill`) is no late event: it is learnt from the lake.
 * Sources of other kinds over the same batch share its decoding.
 *
 * @param tickSettleMs within this time the capture has finished its retries.
 */
export function shopFacts<Kind extends FactKind>(
  kinds: readonly Kind[],
  tickSettleMs: number,
): Source<ShopFacts[Kind]> {
  const wanted: ReadonlySet<FactKind> = new Set(kinds);
  const isWanted = (read: ReadRecord): read is Decoded<ShopFacts[Kind]> => {
    const kind = read.kind === 'event' ? read.event.kind : read.faultOf;
    return kind === undefined || wanted.has(kind);
  };
  return {
    stream: 'shop-changes',
    tickSettleMs,
    decode: (records) => readFacts(records).map((read) => (isWanted(read) ? read : ignored)),
  };
}

const ignored = { kind: 'ignored' } as const;

const readFacts = oncePerBatch(({ data }: StreamRecord): ReadRecord => {
  const decoded = decodeChange(data);
  if (decoded.kind !== 'change') return decoded;
  const { change } = decoded;
  const fact = facts.get(change.table);
  if (!fact || change.operation !== 'insert' || isTrue(change.row['is_backfill'])) return ignored;
  if (change.key.length > idLengthMax) {
    const reason = `${change.table}: primary key is longer than ${idLengthMax} characters`;
    return { kind: 'undecodable', reason, faultOf: fact.kind };
  }
  try {
    const event = fact.read(change);
    return { kind: 'event', event, id: change.eventId, committedAtMs: change.commitTimeMs };
  } catch (error) {
    const reason = `${change.table} ${change.key}: ${error instanceof Error ? error.message : String(error)}`;
    return { kind: 'undecodable', reason, faultOf: fact.kind };
  }
});

// What the columns can hold, and nothing larger: a fact becomes a key, an alert, a line of a page.
const idLengthMax = 64;
const textLengthMax = 64;
/** `numeric(12, 2)`: windows of thousands of the largest orders still add up exactly. */
const amountCentsMax = 1e12;

/** By table, how its rows are read; by hand, because every row of every job comes through here. */
const facts = new Map<
  string,
  { readonly kind: FactKind; readonly read: (change: RowChange) => Fact }
>([
  ['orders', { kind: 'order', read: readOrder }],
  ['order_items', { kind: 'orderItem', read: readOrderItem }],
  ['order_adjustments', { kind: 'adjustment', read: readAdjustment }],
]);

function readOrder({ row, commitTimeMs }: RowChange): ShopFacts['order'] {
  return {
    kind: 'order',
    orderId: id('id', row['id']),
    customerId: id('customer_id', row['customer_id']),
    totalCents: money('total', row['total']),
    orderedAtMs: time('ordered_at', row['ordered_at']),
    channel: text('channel', row['channel']),
    country: text('shipping_country', row['shipping_country']),
    committedAtMs: commitTimeMs,
  };
}

function readOrderItem({ row }: RowChange): ShopFacts['orderItem'] {
  return {
    kind: 'orderItem',
    orderId: id('order_id', row['order_id']),
    productId: id('product_id', row['product_id']),
    quantity: quantity('quantity', row['quantity']),
    unitPriceCents: money('unit_price', row['unit_price']),
    orderedAtMs: time('ordered_at', row['ordered_at']),
  };
}

function readAdjustment({ row }: RowChange): ShopFacts['adjustment'] {
  return {
    kind: 'adjustment',
    orderId: id('order_id', row['order_id']),
    amountCents: money('amount', row['amount']),
    occurredAtMs: time('occurred_at', row['occurred_at']),
  };
}

type Cell = ColumnValue | undefined;

/** A boolean in every form that captures write; absent in records from before the column. */
function isTrue(value: Cell): boolean {
  return value === true || value === 't' || value === 'true' || value === 1 || value === '1';
}

function id(column: string, value: Cell): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value === 'string' && value !== '' && value.length <= idLengthMax) return value;
  throw wrong(column, `an integer or 1 to ${idLengthMax} characters`, value);
}

function text(column: string, value: Cell): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' && value.length <= textLengthMax) return value;
  throw wrong(column, `at most ${textLengthMax} characters`, value);
}

function quantity(column: string, value: Cell): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  throw wrong(column, 'a whole number from 1', value);
}

function money(column: string, value: Cell): number {
  const cents = centsOf(value);
  if (cents !== undefined && cents >= 0 && cents < amountCentsMax) return cents;
  throw wrong(column, 'an amount of two places from 0 to 9999999999.99', value);
}

function centsOf(value: Cell): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  try {
    return toCents(value);
  } catch {
    return undefined;
  }
}

function time(column: string, value: Cell): number {
  const atMs = typeof value === 'string' ? utcInstantMs(value) : Number.NaN;
  if (Number.isNaN(atMs)) throw wrong(column, 'an instant in UTC', value);
  return atMs;
}

function wrong(column: string, expected: string, received: Cell): RangeError {
  const value = received === undefined ? 'nothing' : JSON.stringify(received);
  return new RangeError(`${column}: ${expected} is expected: received ${value}`);
}
