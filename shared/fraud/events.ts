import type { ShopFacts } from '../changes/shop-facts.ts';
import type { ClickRecord } from '../events/click.ts';
import type { FeatureEvent } from '../features/feature.ts';

type Fact = ShopFacts[keyof ShopFacts];

/** Clicks of a kind that tells how someone shops. */
const clickTypes: ReadonlySet<ClickRecord['type']> = new Set([
  'view',
  'cart',
  'remove',
  'wishlist',
]);

/**
 * A fact of the shop, or a click, as features and rules see it; undefined for clicks that tell
 * nothing of a known visitor. The same mapping stands in SQL in `sources.ts`.
 */
export function fraudEvents(fact: Fact | ClickRecord): FeatureEvent | undefined {
  if (!('kind' in fact)) return clickEvent(fact);
  switch (fact.kind) {
    case 'order':
      return orderEvent(fact);
    case 'orderItem':
      return itemEvent(fact);
    case 'payment':
      return paymentEvent(fact);
    case 'adjustment':
      return adjustmentEvent(fact);
    case 'review':
      return reviewEvent(fact);
  }
}

function clickEvent(click: ClickRecord): FeatureEvent | undefined {
  const { user, type, session, category } = click;
  if (user === null || !clickTypes.has(type)) return undefined;
  return {
    source: 'click',
    id: click.eventId,
    atMs: click.occurredAtMs,
    entities: { visitor: user },
    values: { type, session, category },
  };
}

function orderEvent(order: ShopFacts['order']): FeatureEvent {
  const { country, totalCents } = order;
  return {
    source: 'order',
    id: order.orderId,
    atMs: order.orderedAtMs,
    entities: known({
      ...traces(order),
      visitor: order.customerHash,
      amount: country === null ? null : `${country}|${totalCents}`,
    }),
    values: {
      totalCents,
      customerSinceMs: order.customerSinceMs,
      country,
      customer: order.customerId,
      device: order.deviceId,
      address: order.addressHash,
      ip: order.ipHash,
      channel: order.channel,
      orderedAtMs: order.orderedAtMs,
      committedAtMs: order.committedAtMs ?? null,
    },
  };
}

function itemEvent(item: ShopFacts['orderItem']): FeatureEvent {
  return {
    source: 'item',
    id: item.itemId,
    atMs: item.orderedAtMs,
    entities: known({ order: item.orderId, customer: item.customerId }),
    values: {
      quantity: item.quantity,
      unitPriceCents: item.unitPriceCents,
      category: item.categoryId,
      seller: item.sellerId,
    },
  };
}

function paymentEvent(payment: ShopFacts['payment']): FeatureEvent {
  return {
    source: 'payment',
    id: payment.paymentId,
    atMs: payment.attemptedAtMs,
    entities: known({
      ...traces(payment),
      card: payment.cardHash,
      visitor: payment.customerHash,
    }),
    values: {
      totalCents: payment.orderTotalCents,
      amountCents: payment.amountCents,
      installments: payment.installments,
      customerSinceMs: payment.customerSinceMs,
      orderedAtMs: payment.orderedAtMs,
      method: payment.method,
      status: payment.status,
      country: payment.country,
      customer: payment.customerId,
      card: payment.cardHash,
      device: payment.deviceId,
      address: payment.addressHash,
      ip: payment.ipHash,
      decision: payment.decision,
      decisionBasis: payment.decisionBasis,
      decisionScore: payment.decisionScore,
      committedAtMs: payment.committedAtMs ?? null,
    },
  };
}

function adjustmentEvent(adjustment: ShopFacts['adjustment']): FeatureEvent {
  return {
    source: 'adjustment',
    id: adjustment.adjustmentId,
    atMs: adjustment.occurredAtMs,
    entities: known({ order: adjustment.orderId, customer: adjustment.customerId }),
    values: { kind: adjustment.adjustmentKind, amountCents: adjustment.amountCents },
  };
}

function reviewEvent(review: ShopFacts['review']): FeatureEvent {
  return {
    source: 'review',
    id: review.reviewId,
    atMs: review.reviewedAtMs,
    entities: known({ ...traces(review), card: review.cardHash }),
    values: {
      verdict: review.verdict,
      source: review.source,
      totalCents: review.orderTotalCents,
      orderedAtMs: review.orderedAtMs,
      committedAtMs: review.committedAtMs ?? null,
    },
  };
}

function traces(fact: ShopFacts['order' | 'payment' | 'review']) {
  return {
    order: fact.orderId,
    customer: fact.customerId,
    device: fact.deviceId,
    address: fact.addressHash,
    ip: fact.ipHash,
    email: fact.emailHash,
  };
}

function known(entities: Readonly<Record<string, string | null>>): Record<string, string> {
  const named: Record<string, string> = {};
  for (const [kind, id] of Object.entries(entities)) if (id !== null) named[kind] = id;
  return named;
}
