import { expect, test } from 'vitest';
import { slackMessage } from '../../../shared/alerts/slack-message.ts';
import { fullAlert, fullMessage } from '../../fixtures/alerts.ts';

test('slackMessage() is this', async () => {
  const message = JSON.stringify(slackMessage(fullMessage), undefined, 2);
  await expect(`${message}\n`).toMatchFileSnapshot('slack-message.json');
});

test('slackMessage() stays within what Slack takes', () => {
  const long = {
    ...fullAlert,
    title: 't'.repeat(300),
    reason: '&'.repeat(2_000),
    facts: Array.from({ length: 10 }, () => ({ name: '<'.repeat(100), value: '&'.repeat(300) })),
    links: Array.from({ length: 5 }, () => ({
      title: '&'.repeat(100),
      path: `/${'é'.repeat(499)}`,
    })),
  };
  const others = Array.from({ length: 9 }, () => ({ id: 'x', data: long }));
  const lead = { id: '\ud800é'.repeat(170), data: long };
  const { blocks } = slackMessage({ ...fullMessage, lead, count: 10, others });
  expect(blocks.length).toBeLessThanOrEqual(50);
  for (const block of JSON.parse(JSON.stringify(blocks))) {
    if (block.type === 'header') expect(block.text.text).toHaveLength(150);
    expect(block.text?.text.length ?? 0).toBeLessThanOrEqual(3_000);
    expect(block.fields?.length ?? 1).toBeLessThanOrEqual(10);
    for (const { text } of block.fields ?? []) expect(text.length).toBeLessThanOrEqual(2_000);
  }
});
