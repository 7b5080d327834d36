import type { ClickRecord } from '../../../shared/events/click.ts';
import type { FeatureEvent } from '../../../shared/features/feature.ts';
import { fraudEvents } from '../../../shared/fraud/events.ts';
import { createRandom, type Random } from '../../../shared/random/random.ts';

/** Every customer orders ten times on average, over a month. */
const ordersPerCustomer = 10;
const monthMs = 30 * 24 * 3_600_000;
const startMs = Date.UTC(2026, 2, 1);
const clicksBefore = 5;
const clickTypes = ['view', 'view', 'view', 'cart', 'wishlist'] as const;
const clickGapMs = 20_000;

/**
 * What so many orders of regular customers make: clicks, the order, its items, its payment, in order
 * of time. Equal numbers give equal events.
 */
export function crowdEvents(orders: number): readonly FeatureEvent[] {
  const random = createRandom(1);
  const customers = Math.ceil(orders / ordersPerCustomer);
  const events: FeatureEvent[] = [];
  for (let order = 0; order < orders; order += 1) {
    const orderedAtMs = startMs + Math.floor((order / orders) * monthMs);
    const customer = random.integer(1, customers);
    for (const event of eventsOf(random, order, customer, orderedAtMs)) events.push(event);
  }
  return events;
}

function* eventsOf(
  random: Random,
  order: number,
  customer: number,
  orderedAtMs: number,
): Iterable<FeatureEvent> {
  for (let left = clicksBefore; left > 0; left -= 1) {
    const click: ClickRecord = {
      schemaVersion: 1,
      eventId: `click-${order}-${left}`,
      type: random.pick(clickTypes),
      occurredAtMs: orderedAtMs - left * clickGapMs,
      session: `session-${order}`,
      user: `customer-hash-${customer}`,
      productId: random.integer(1, 200),
      category: 'Toys',
      consent: 'personal',
    };
    const event = fraudEvents(click);
    if (event) yield event;
  }
  const items = random.integer(1, 3);
  const cents = random.integer(10, 200) * 50;
  const traces = {
    orderId: String(order),
    customerId: String(customer),
    customerSinceMs: startMs - customer * 3_600_000,
    customerHash: `customer-hash-${customer}`,
    emailHash: `email-${customer}`,
    deviceId: `device-${customer}-${random.integer(1, 2)}`,
    addressHash: `address-${customer}`,
    ipHash: `ip-${random.integer(1, 5_000)}`,
    country: 'DE',
    orderedAtMs,
    committedAtMs: orderedAtMs,
  };
  const totalCents = items * cents;
  const order0 = fraudEvents({ ...traces, kind: 'order', totalCents, channel: 'web' });
  if (order0) yield order0;
  for (let item = 0; item < items; item += 1) {
    const bought = fraudEvents({
      kind: 'orderItem',
      itemId: `${order}-${item}`,
      orderId: traces.orderId,
      customerId: traces.customerId,
      customerHash: traces.customerHash,
      productId: String(random.integer(1, 200)),
      categoryId: String(random.integer(1, 15)),
      sellerId: String(random.integer(1, 16)),
      quantity: 1,
      unitPriceCents: cents,
      orderedAtMs,
      committedAtMs: undefined,
    });
    if (bought) yield bought;
  }
  const paid = fraudEvents({
    ...traces,
    kind: 'payment',
    paymentId: `payment-${order}`,
    cardHash: `card-${customer}`,
    method: 'credit_card',
    installments: 1,
    amountCents: totalCents,
    status: random.chance(0.97) ? 'approved' : 'declined',
    orderTotalCents: totalCents,
    attemptedAtMs: orderedAtMs + 2_000,
    decision: 'allow',
    decisionBasis: 'rules',
    decisionScore: null,
  });
  if (paid) yield paid;
}
