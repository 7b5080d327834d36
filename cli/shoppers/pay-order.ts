import type { Random } from '../../shared/random/random.ts';
import { type PaymentMethod, paymentMethods } from '../../shared/shop/payment-methods.ts';
import { drawByShare } from './actions.ts';
import type { FraudOrder } from './fraud-patterns.ts';
import type { OrderDesk, PlacedOrder } from './order-desk.ts';
import { makeCardNumber, makeDecliningCardNumber } from './test-cards.ts';
import type { Visit } from './visit.ts';

/** An order that is to be paid. */
interface Paying {
  readonly desk: OrderDesk;
  readonly order: PlacedOrder;
  readonly visit: Visit;
  readonly token: string;
  /** When the order was placed, and when everything ends; epoch milliseconds. */
  readonly atMs: number;
  readonly endMs: number;
  /** Year of the calendar, for cards that are still good. */
  readonly year: number;
  readonly random: Random;
}

const methodShares: Readonly<Record<PaymentMethod, number>> = {
  credit_card: 0.5,
  pix: 0.2,
  debit_card: 0.12,
  paypal: 0.08,
  bank_slip: 0.05,
  digital_wallet: 0.03,
  cash_on_delivery: 0.02,
};
const DECLINED_SHARE = 0.03;
const UNPAID_SHARE = 0.02;

/**
 * Pays as people do: seldom not at all, seldom with a card that is declined before another is taken,
 * or, where that is what is odd about the session, with up to three.
 *
 * @returns when it was paid; undefined when it was not.
 */
export async function payHonestly(paying: Paying): Promise<number | undefined> {
  const { random, visit } = paying;
  if (random.chance(UNPAID_SHARE)) return undefined;
  let atMs = later(paying, paying.atMs, 5, 90);
  const usual = random.chance(DECLINED_SHARE) ? 1 : 0;
  const declined = visit.oddity === 'declinedCard' ? random.integer(1, 3) : usual;
  for (let card = 0; card < declined; card++) {
    await pay(paying, 'debit_card', makeDecliningCardNumber(random), atMs);
    atMs = later(paying, atMs, 10, 60);
  }
  const method = drawByShare(random, paymentMethods, (each) => methodShares[each]);
  return (await pay(paying, method, visit.guise.cardNumber, atMs)) ? atMs : undefined;
}

/** Pays by card, with others that are declined before. */
export async function payFraudulently(
  paying: Paying,
  { declinedCards, foreignCard }: FraudOrder,
): Promise<number | undefined> {
  const { random, visit } = paying;
  let atMs = later(paying, paying.atMs, 3, 30);
  for (let card = 0; card < declinedCards; card++) {
    await pay(paying, 'credit_card', makeDecliningCardNumber(random), atMs);
    atMs = later(paying, atMs, 5, 40);
  }
  const number = foreignCard ? makeCardNumber(random) : visit.guise.cardNumber;
  const method = random.chance(0.8) ? 'credit_card' : 'debit_card';
  return (await pay(paying, method, number, atMs)) ? atMs : undefined;
}

function later({ random, endMs }: Paying, atMs: number, minS: number, maxS: number): number {
  return Math.min(endMs, atMs + random.integer(minS, maxS) * 1_000);
}

function pay(
  { desk, order, token, year, random }: Paying,
  method: PaymentMethod,
  number: string,
  atMs: number,
): Promise<boolean> {
  const card = { number, expiryMonth: 12, expiryYear: year + 2 };
  const payment = {
    method,
    ...(method === 'credit_card' ? { card, installments: random.integer(1, 12) } : {}),
    ...(method === 'debit_card' ? { card } : {}),
  };
  return desk.pay(order.id, payment, { token, atMs });
}
