import type { z } from 'zod';
import type { ShopFacts } from '../../../shared/changes/shop-facts.ts';
import type { FeatureEvent } from '../../../shared/features/feature.ts';
import { fraudEvents } from '../../../shared/fraud/events.ts';
import type { readOrderFacts } from '../queries/fraud.ts';
import type { NewPayment } from '../schemas/payment.ts';

export type OrderFacts = z.output<(typeof readOrderFacts)['row']>;

/** A payment that is about to be made, and what has happened to its order so far, in that order. */
export interface CheckoutEvents {
  readonly orderId: string;
  readonly earlier: readonly FeatureEvent[];
  readonly payment: FeatureEvent;
}

/** What a payment that is asked for is known by. */
export interface AskedPayment {
  readonly payment: NewPayment;
  readonly transactionId: string;
}

/** The events that the change stream tells of an order, as the shop's own rows have them. */
export function checkoutEvents(
  { order, items, payments, cardHash, nowMs }: OrderFacts,
  { payment, transactionId }: AskedPayment,
): CheckoutEvents {
  const { orderId, customerId, orderedAtMs, totalCents, channel: _, ...traces } = order;
  const ofOrder = { orderId, customerId, orderedAtMs };
  const { customerHash } = order;
  const ofItem = { ...ofOrder, customerHash, kind: 'orderItem', committedAtMs: undefined } as const;
  const attempt = {
    ...traces,
    ...ofOrder,
    kind: 'payment',
    orderTotalCents: totalCents,
    decision: null,
    decisionBasis: null,
    decisionScore: null,
    committedAtMs: undefined,
  } as const;
  const facts = [
    { ...order, kind: 'order', committedAtMs: undefined } as const,
    ...items.map((item) => ({ ...item, ...ofItem })),
    ...payments.map((made) => ({ ...attempt, ...made })),
  ];
  const asked = {
    ...attempt,
    paymentId: transactionId,
    cardHash,
    method: payment.method,
    installments: 'installments' in payment ? payment.installments : 1,
    amountCents: totalCents,
    status: 'pending',
    attemptedAtMs: nowMs,
  } as const;
  return { orderId, earlier: facts.map(eventOf), payment: eventOf(asked) };
}

function eventOf(fact: ShopFacts[keyof ShopFacts]): FeatureEvent {
  const event = fraudEvents(fact);
  if (event === undefined)
    throw new Error(`Cannot judge: a fact has no event: received ${fact.kind}`);
  return event;
}
