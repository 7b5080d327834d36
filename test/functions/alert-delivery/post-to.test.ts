import { afterEach, beforeEach, expect, test } from 'vitest';
import { postTo } from '../../../functions/alert-delivery/post-to.ts';
import { fullMessage } from '../../fixtures/alerts.ts';
import { openReceiver, type Receiver } from '../../fixtures/webhook-receiver.ts';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await openReceiver();
});
afterEach(() => receiver.close());

const post = (form: 'discord' | 'webhook', id: string, path = '') => {
  const target = { form, url: `${receiver.url}${path}` };
  return postTo({ find: async () => target }, 'team', { ...fullMessage, id }, () => 0, 2_000);
};

test.each(['order-burst|card|☕', 'order-burst|card|😀 😀', 'order-burst|card|\ud83d'])(
  'postTo() puts the id "%s" into a header',
  async (id) => {
    expect(await post('webhook', id)).toEqual({ kind: 'sent' });
    const header = String(receiver.headers[0]?.['idempotency-key']);
    expect(decodeURIComponent(header)).toBe(id.toWellFormed());
  },
);

test('postTo() asks Discord to say yes only when it has kept the message', async () => {
  receiver.always = { status: 204 };
  expect(await post('discord', 'x', '?thread_id=7')).toEqual({ kind: 'sent' });
  expect(receiver.paths).toEqual(['/hook?thread_id=7&wait=true']);
});
