import { expect, test } from 'vitest';
import { makeCardNumber, makeDecliningCardNumber } from '../../../cli/shoppers/test-cards.ts';
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
});

test('makeDecliningCardNumber() makes others that pass the check and are declined', () => {
  const random = createRandom(2);
  const numbers = Array.from({ length: 500 }, () => makeDecliningCardNumber(random));
  for (const cardNumber of numbers) {
    expect(isCardNumber(cardNumber), cardNumber).toBe(true);
    expect(processPayment({ method: 'credit_card', cardNumber })).toBe('declined');
  }
  expect(new Set(numbers).size).toBe(500);
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
