import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { shopClient } from '../../cli/shoppers/shop-client.ts';
import { ShopProcess } from '../end-to-end/shop-process.ts';
import { chromiumPath, launchChromium } from './chromium.ts';

if (!chromiumPath) console.warn('SKIPPED: the whole system in a browser: no Chromium found');

let shop: ShopProcess;
let apiUrl: string;
beforeAll(async () => {
  shop = await ShopProcess.create(5160);
  ({ apiUrl } = await shop.start('--no-traffic'));
}, 120_000);
afterAll(() => shop.remove());

const withId = z.looseObject({ id: z.union([z.number(), z.string()]) });
const signedUp = z.object({ session: z.object({ token: z.string() }) });

async function placeOrder(): Promise<string> {
  const client = shopClient(apiUrl);
  const { session } = await client.send({
    method: 'POST',
    path: '/customers',
    body: {
      firstName: 'Ana',
      lastName: 'Lima',
      email: 'ana@example.com',
      password: 'correct horse battery',
      address: 'Rua das Flores 12',
      country: 'BR',
    },
    answer: signedUp,
  });
  const headers = { authorization: `Bearer ${session.token}` };
  const post = (path: string, body: unknown, more = {}) =>
    client.send({ method: 'POST', path, body, headers: { ...headers, ...more }, answer: withId });
  const cart = await post('/carts', {});
  await post(`/carts/${cart.id}/items`, { productId: 1, quantity: 2 });
  const order = await post(
    '/orders',
    { cartId: cart.id, shippingAddress: 'Rua das Flores 12', shippingCountry: 'BR' },
    { 'idempotency-key': 'order-1' },
  );
  return String(order.id);
}

describe.skipIf(!chromiumPath)('the live page of the running system', { timeout: 90_000 }, () => {
  it('shows an order placed by the API', async () => {
    const browser = await launchChromium(chromiumPath ?? '');
    try {
      const page = await browser.newPage();
      await page.goto(`${apiUrl}/dashboard`);
      const id = await placeOrder();
      const orders = page.locator('[data-part="orders"] [data-slot="rows"] tr');
      await orders.first().waitFor({ timeout: 10_000 });
      expect(await orders.count()).toBe(1);
      expect(await orders.first().locator('th, td').allTextContents()).toContain(id);
    } finally {
      await browser.close();
    }
  });
});
