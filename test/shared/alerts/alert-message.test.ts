import { expect, test } from 'vitest';
import { alertWords } from '../../../shared/alerts/alert-message.ts';
import { fullAlert, fullMessage } from '../../fixtures/alerts.ts';

test('alertWords() says nothing of an order where none caused the alert', () => {
  const { orderId, customerId, totalCents, entity, ...ofShop } = fullAlert;
  const lead = { id: 'sales-spike|1', data: ofShop };
  const { fields } = alertWords({ ...fullMessage, lead });
  expect(fields.map(([name]) => name).slice(0, 4)).toEqual([
    'Severity',
    'About',
    'How sure',
    'Window',
  ]);
  expect(fields[1]).toEqual(['About', 'shop shop']);
});
