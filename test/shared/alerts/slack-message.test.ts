import { expect, test } from 'vitest';
import { slackMessage } from '../../../shared/alerts/slack-message.ts';
import type { AlertData } from '../../../shared/events/alert.ts';

const alert: AlertData = {
  rule: 'high-value-order',
  ruleVersion: 1,
  severity: 'critical',
  title: 'Order of <unusually> high value',
  reason: 'Order 7 & 8 are worth > 5,000.00',
  orderId: '7',
  customerId: '<@U123>',
  totalCents: 123_456_789,
  atMs: Date.UTC(2026, 2, 1, 12, 34, 56, 789),
};

test('slackMessage() is this', async () => {
  const message = JSON.stringify(slackMessage('high-value-order|7', alert), undefined, 2);
  await expect(`${message}\n`).toMatchFileSnapshot('slack-message.json');
});

test('slackMessage() stays within what Slack takes', () => {
  const long = { ...alert, title: 't'.repeat(300), reason: '&'.repeat(2_000) };
  const { blocks } = slackMessage('id', long);
  const header = JSON.parse(JSON.stringify(blocks[0]));
  expect(header.text.text).toHaveLength(150);
  const section = JSON.parse(JSON.stringify(blocks[1]));
  expect(section.text.text).toHaveLength(3_000);
});
