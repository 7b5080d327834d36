import {
  type DecisionBasis,
  decisionBases,
  type FraudDecision,
  fraudDecisions,
  type ReviewSource,
  type ReviewVerdict,
  reviewSources,
  reviewVerdicts,
} from '../shop/fraud-words.ts';
import { type PaymentStatus, paymentStatuses } from '../shop/order-life.ts';
import { type PaymentMethod, paymentMethods } from '../shop/payment-methods.ts';
import type { StreamRecord } from '../stream/record.ts';
import { type Decoded, oncePerBatch, type Source } from '../stream/source.ts';
import { decodeChange } from './decode-change.ts';
import {
  id,
  idLengthMax,
  isTrue,
  money,
  oneOf,
  orNull,
  probability,
  quantity,
  text,
  time,
} from './read-cell.ts';
import type { RowChange } from './row-change.ts';

/** What a fact is compared by; null where it is not known. All but times are keyed hashes or ids. */
interface Traces {
  readonly customerHash: string | null;
  /** Of the mailbox: however its address is written. */
  readonly emailHash: string | null;
  readonly deviceId: string | null;
  readonly addressHash: string | null;
  readonly ipHash: string | null;
}

/** What the jobs see of the shop: facts that stand for themselves and never change. */
export interface ShopFacts {
  readonly order: Traces & {
    readonly kind: 'order';
    readonly orderId: string;
    readonly customerId: string;
    /** Since when the customer has an account. */
    readonly customerSinceMs: number | null;
    readonly totalCents: number;
    readonly orderedAtMs: number;
    readonly channel: string | null;
    readonly country: string | null;
    /** When it was committed; undefined only where the capture does not tell. */
    readonly committedAtMs: number | undefined;
  };
  readonly orderItem: {
    readonly kind: 'orderItem';
    readonly itemId: string;
    readonly orderId: string;
    readonly customerId: string | null;
    /** The customer as clicks know them. */
    readonly customerHash: string | null;
    readonly productId: string;
    readonly categoryId: string | null;
    readonly sellerId: string | null;
    readonly quantity: number;
    readonly unitPriceCents: number;
    readonly orderedAtMs: number;
    readonly committedAtMs: number | undefined;
  };
  /** An attempt to pay an order, as it ended. */
  readonly payment: Traces & {
    readonly kind: 'payment';
    readonly paymentId: string;
    readonly orderId: string;
    readonly customerId: string;
    readonly customerSinceMs: number | null;
    readonly country: string | null;
    /** Fingerprint of the card; null where none was used. */
    readonly cardHash: string | null;
    readonly method: PaymentMethod;
    readonly installments: number;
    readonly amountCents: number;
    readonly status: PaymentStatus;
    readonly orderTotalCents: number | null;
    readonly orderedAtMs: number | null;
    readonly attemptedAtMs: number;
    /** What the shop decided about it, and by what; null where nobody was asked. */
    readonly decision: FraudDecision | null;
    readonly decisionBasis: DecisionBasis | null;
    /** 0 to 1. */
    readonly decisionScore: number | null;
    readonly committedAtMs: number | undefined;
  };
  /**
   * A refund, cancellation or expiry, at its own time: one for each line given back, or one without
   * a line for an amount of the whole order. Null, too, in records from before the columns.
   */
  readonly adjustment: {
    readonly kind: 'adjustment';
    readonly adjustmentId: string;
    readonly adjustmentKind: string | null;
    readonly orderId: string;
    readonly customerId: string | null;
    readonly productId: string | null;
    readonly categoryId: string | null;
    readonly sellerId: string | null;
    /** Pieces given back. */
    readonly quantity: number | null;
    /** By which the order was paid; null where nothing was. */
    readonly method: PaymentMethod | null;
    readonly amountCents: number;
    readonly occurredAtMs: number;
  };
  /** What was found out about an order; a later one about the same order counts. */
  readonly review: Traces & {
    readonly kind: 'review';
    readonly reviewId: string;
    readonly orderId: string;
    readonly customerId: string;
    readonly verdict: ReviewVerdict;
    readonly source: ReviewSource;
    readonly cardHash: string | null;
    readonly orderedAtMs: number | null;
    readonly orderTotalCents: number | null;
    readonly reviewedAtMs: number;
    readonly committedAtMs: number | undefined;
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

const idOrNull = orNull(id);
const moneyOrNull = orNull(money);
const timeOrNull = orNull(time);
const probabilityOrNull = orNull(probability);
const quantityOrNull = orNull(quantity);
const paymentMethod = oneOf(paymentMethods);
const paymentMethodOrNull = orNull(paymentMethod);
const paymentStatus = oneOf(paymentStatuses);
const decision = orNull(oneOf(fraudDecisions));
const decisionBasis = orNull(oneOf(decisionBases));
const verdict = oneOf(reviewVerdicts);
const reviewSource = oneOf(reviewSources);

/** By table, how its rows are read; by hand, because every row of every job comes through here. */
const facts = new Map<
  string,
  { readonly kind: FactKind; readonly read: (change: RowChange) => Fact }
>([
  ['orders', { kind: 'order', read: readOrder }],
  ['order_items', { kind: 'orderItem', read: readOrderItem }],
  ['payments', { kind: 'payment', read: readPayment }],
  ['order_adjustments', { kind: 'adjustment', read: readAdjustment }],
  ['order_reviews', { kind: 'review', read: readReview }],
]);

function readOrder({ row, commitTimeMs }: RowChange): ShopFacts['order'] {
  return {
    kind: 'order',
    orderId: id('id', row['id']),
    customerId: id('customer_id', row['customer_id']),
    customerSinceMs: timeOrNull('customer_since', row['customer_since']),
    totalCents: money('total', row['total']),
    orderedAtMs: time('ordered_at', row['ordered_at']),
    channel: text('channel', row['channel']),
    country: text('shipping_country', row['shipping_country']),
    ...tracesOf(row),
    committedAtMs: commitTimeMs,
  };
}

function readOrderItem({ row, commitTimeMs }: RowChange): ShopFacts['orderItem'] {
  return {
    kind: 'orderItem',
    itemId: id('id', row['id']),
    orderId: id('order_id', row['order_id']),
    customerId: idOrNull('customer_id', row['customer_id']),
    customerHash: text('customer_hash', row['customer_hash']),
    productId: id('product_id', row['product_id']),
    categoryId: idOrNull('category_id', row['category_id']),
    sellerId: idOrNull('seller_id', row['seller_id']),
    quantity: quantity('quantity', row['quantity']),
    unitPriceCents: money('unit_price', row['unit_price']),
    orderedAtMs: time('ordered_at', row['ordered_at']),
    committedAtMs: commitTimeMs,
  };
}

function readPayment({ row, commitTimeMs }: RowChange): ShopFacts['payment'] {
  const createdAtMs = time('created_at', row['created_at']);
  return {
    kind: 'payment',
    paymentId: id('id', row['id']),
    orderId: id('order_id', row['order_id']),
    customerId: id('customer_id', row['customer_id']),
    customerSinceMs: timeOrNull('customer_since', row['customer_since']),
    country: text('shipping_country', row['shipping_country']),
    cardHash: text('card_fingerprint', row['card_fingerprint']),
    method: paymentMethod('method', row['method']),
    installments: quantity('installments', row['installments']),
    amountCents: money('amount', row['amount']),
    status: paymentStatus('status', row['status']),
    orderTotalCents: moneyOrNull('order_total', row['order_total']),
    orderedAtMs: timeOrNull('ordered_at', row['ordered_at']),
    attemptedAtMs: timeOrNull('attempted_at', row['attempted_at']) ?? createdAtMs,
    ...tracesOf(row),
    decision: decision('decision', row['decision']),
    decisionBasis: decisionBasis('decision_basis', row['decision_basis']),
    decisionScore: probabilityOrNull('decision_score', row['decision_score']),
    committedAtMs: commitTimeMs,
  };
}

function readAdjustment({ row }: RowChange): ShopFacts['adjustment'] {
  return {
    kind: 'adjustment',
    adjustmentId: id('id', row['id']),
    adjustmentKind: text('kind', row['kind']),
    orderId: id('order_id', row['order_id']),
    customerId: idOrNull('customer_id', row['customer_id']),
    productId: idOrNull('product_id', row['product_id']),
    categoryId: idOrNull('category_id', row['category_id']),
    sellerId: idOrNull('seller_id', row['seller_id']),
    quantity: quantityOrNull('quantity', row['quantity']),
    method: paymentMethodOrNull('method', row['method']),
    amountCents: money('amount', row['amount']),
    occurredAtMs: time('occurred_at', row['occurred_at']),
  };
}

function readReview({ row, commitTimeMs }: RowChange): ShopFacts['review'] {
  return {
    kind: 'review',
    reviewId: id('id', row['id']),
    orderId: id('order_id', row['order_id']),
    customerId: id('customer_id', row['customer_id']),
    verdict: verdict('verdict', row['verdict']),
    source: reviewSource('source', row['source']),
    cardHash: text('card_fingerprint', row['card_fingerprint']),
    orderedAtMs: timeOrNull('ordered_at', row['ordered_at']),
    orderTotalCents: moneyOrNull('order_total', row['order_total']),
    reviewedAtMs: time('reviewed_at', row['reviewed_at']),
    ...tracesOf(row),
    committedAtMs: commitTimeMs,
  };
}

function tracesOf(row: RowChange['row']): Traces {
  return {
    customerHash: text('customer_hash', row['customer_hash']),
    emailHash: text('email_hash', row['email_hash']),
    deviceId: text('device_id', row['device_id']),
    addressHash: text('shipping_address_hash', row['shipping_address_hash']),
    ipHash: text('ip_hash', row['ip_hash']),
  };
}
