import { checkoutEvents, type OrderFacts } from './checkout-events.ts';
import { type DeciderParts, judgePayment } from './decide.ts';

/** An order that nobody has placed: ids of the shop begin at 1. */
const nobodys: OrderFacts = {
  status: 'pending',
  review: null,
  cardHash: '0',
  nowMs: 0,
  order: {
    orderId: '0',
    customerId: '0',
    customerSinceMs: 0,
    totalCents: 0,
    orderedAtMs: 0,
    channel: null,
    country: null,
    customerHash: '0',
    emailHash: '0',
    deviceId: '0',
    addressHash: '0',
    ipHash: '0',
  },
  items: [],
  payments: [],
};

/**
 * Goes the way of a decision once before the first payment does, which then meets a connection that
 * stands and code that has run. What fails is told when it matters.
 */
export async function warmUp({ states, readJudging }: DeciderParts): Promise<void> {
  const events = checkoutEvents(nobodys, { payment: { method: 'pix' }, transactionId: '0' });
  try {
    await judgePayment(events, states, readJudging());
  } catch {
    // The first payment will say so.
  }
}
