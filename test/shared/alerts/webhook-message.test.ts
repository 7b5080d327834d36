import { createHmac, timingSafeEqual } from 'node:crypto';
import { expect, test } from 'vitest';
import { webhookMessage, webhookSignature } from '../../../shared/alerts/webhook-message.ts';
import { fullMessage } from '../../fixtures/alerts.ts';

test('webhookMessage() is this', async () => {
  const message = JSON.stringify(webhookMessage(fullMessage), undefined, 2);
  await expect(`${message}\n`).toMatchFileSnapshot('webhook-message.json');
});

test('webhookSignature() is what a receiver computes from time and bytes', () => {
  const body = JSON.stringify(webhookMessage(fullMessage));
  const signature = webhookSignature('a key of some length', body, 1_772_368_496_789);
  const [time = '', sent = ''] = signature
    .split(',')
    .map((part) => part.slice(part.indexOf('=') + 1));
  expect(time).toBe('1772368496');
  const own = createHmac('sha256', 'a key of some length').update(`${time}.${body}`).digest();
  expect(timingSafeEqual(Buffer.from(sent, 'hex'), own)).toBe(true);
  expect(webhookSignature('another key', body, 1_772_368_496_789)).not.toBe(signature);
});
