import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slackMessage } from '../../shared/alerts/slack-message.ts';
import { parseMessage } from '../../web/block-kit.ts';

test('parseMessage() reads what alert delivery sends', () => {
  const message = slackMessage('alert-1', {
    rule: 'high-value-order',
    ruleVersion: 1,
    severity: 'warning',
    title: 'High-value order',
    reason: 'Total is over <1000>',
    orderId: '7',
    customerId: '9',
    totalCents: 123_400,
    atMs: Date.UTC(2026, 2, 1, 12),
  });
  const blocks = parseMessage(message);
  expect(blocks.map(({ kind }) => kind)).toEqual(['header', 'section', 'section', 'context']);
  expect(blocks[0]).toEqual({ kind: 'header', text: '⚠️ High-value order' });
  expect(blocks[1]).toMatchObject({ text: expect.stringContaining('over &lt;1000&gt;') });
  expect(blocks[2]).toMatchObject({ fields: expect.arrayContaining(['*Order*\n7']) });
});

test('parseMessage() reads blocks inside attachments', () => {
  const blocks = [{ type: 'divider' }, { type: 'header', text: { text: 'Inside' } }];
  expect(parseMessage({ attachments: [{ color: '#f00', blocks }] })).toEqual([
    { kind: 'divider' },
    { kind: 'header', text: 'Inside' },
  ]);
});

test('parseMessage() falls back to the plain text, and then to the body itself', () => {
  const section = (words: string) => [{ kind: 'section', text: words, fields: [] }];
  expect(parseMessage({ text: 'plain' })).toEqual(section('plain'));
  expect(parseMessage({ text: 'plain', blocks: [{ type: 'video' }] })).toEqual(section('plain'));
  expect(parseMessage({ content: 'for Discord' })).toEqual(section('for Discord'));
  expect(parseMessage({ else: 1 })).toEqual(section('{"else":1}'));
});

test('parseMessage() takes any JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (body) => {
      expect(parseMessage(body).length).toBeGreaterThan(0);
    }),
  );
});
