import { expect, test } from 'vitest';
import { entityKey } from '../../../shared/alerts/entity.ts';
import { fullAlert } from '../../fixtures/alerts.ts';

test('entityKey() is of what the alert names, else of the customer, else of the shop', () => {
  const { entity, ...ofCustomer } = fullAlert;
  const { customerId, ...ofNobody } = ofCustomer;
  expect(entityKey(fullAlert)).toBe('card|9f2c');
  expect(entityKey(ofCustomer)).toBe('customer|<@U123>');
  expect(entityKey(ofNobody)).toBe('shop|shop');
});
