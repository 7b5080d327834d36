import { expect, test } from 'vitest';
import { decliningCard, makeCardNumber } from '../../../cli/shoppers/test-cards.ts';
import { createRandom } from '../../../shared/random/random.ts';
import { isCardNumber } from '../../../shared/shop/card-number.ts';
import { processPayment } from '../../../shared/shop/payment-processor.ts';

test('makeCardNumber() makes numbers that pass the check and are approved', () => {
  const random = createRandom(1);
  const numbers = Array.from({ length: 2_000 }, () => makeCardNumber(random));
  for (const cardNumber of numbers) {
    expect(isCardNumber(cardNumber), cardNumber).toBe(true);
    expect(processPayment({ method: 'credit_card', cardNumber })).toBe('approved');
  }
  expect(new Set(numbers).size).toBe(2_000);
  expect(isCardNumber(decliningCard)).toBe(true);
  expect(processPayment({ method: 'credit_card', cardNumber: decliningCard })).toBe('declined');
});

test('isCardNumber() refuses a wrong digit, a swap of two, letters and wrong lengths', () => {
  for (const wrong of [
    '4242424242424241',
    '2442424242424242',
    '4242',
    '4242x24242424242',
    '0'.repeat(20),
  ]) {
    expect(isCardNumber(wrong), wrong).toBe(false);
  }
});
