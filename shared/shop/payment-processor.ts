import type { PaymentMethod } from './payment-methods.ts';

/** What is asked of whoever moves the money. */
interface PaymentRequest {
  readonly method: PaymentMethod;
  /** Digits alone, where the method is a card. */
  readonly cardNumber?: string;
}

const DECLINED_ENDING = '0002';

/**
 * The shop's payment processor is a simulated one, and answers at once: a card whose number ends in
 * 0002 (like 4000 0000 0000 0002) is declined, everything else is approved. No money moves.
 */
export function processPayment({ cardNumber }: PaymentRequest): 'approved' | 'declined' {
  return cardNumber?.endsWith(DECLINED_ENDING) ? 'declined' : 'approved';
}
