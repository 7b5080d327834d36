import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slackMessage } from '../../shared/alerts/slack-message.ts';
import { parseMessage } from '../../web/block-kit.ts';
import { fullMessage } from '../fixtures/alerts.ts';

test('parseMessage() reads what alert delivery sends', () => {
  const blocks = parseMessage(slackMessage(fullMessage));
  expect(blocks.map(({ kind }) => kind)).toEqual([
    'header',
    ...Array.from({ length: 4 }, () => 'section'),
    'context',
  ]);
  expect(blocks[0]).toEqual({ kind: 'header', text: '🚨 Card of <several> accounts' });
  expect(blocks[1]).toMatchObject({ text: expect.stringContaining('&gt; 2 are rare') });
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
