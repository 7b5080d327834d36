import { afterAll, beforeAll, expect, test } from 'vitest';
import { findCatalogue } from '../../../cli/shoppers/catalogue.ts';
import { clickSender } from '../../../cli/shoppers/click-sender.ts';
import { makeIdentity } from '../../../cli/shoppers/identity.ts';
import { OrderDesk } from '../../../cli/shoppers/order-desk.ts';
import { shopClient } from '../../../cli/shoppers/shop-client.ts';
import { Shopper } from '../../../cli/shoppers/shopper.ts';
import { countShoppers } from '../../../cli/shoppers/shopper-report.ts';
import { Visit } from '../../../cli/shoppers/visit.ts';
import { createRandom } from '../../../shared/random/random.ts';
import { serveHandlers } from '../../fixtures/http-front.ts';
import { startShop } from '../../fixtures/shop.ts';

let shop: Awaited<ReturnType<typeof startShop>>;
let front: Awaited<ReturnType<typeof serveHandlers>>;

beforeAll(async () => {
  shop = await startShop();
  front = await serveHandlers({ $default: shop.handler });
});

afterAll(async () => {
  await front?.close();
  await shop?.stop();
});

test('Shopper logs in again before a session of the shop ends', async () => {
  const client = shopClient(front.url);
  const counts = countShoppers();
  const random = createRandom(1);
  let nowMs = Date.now();
  const around = {
    shop: client,
    counts,
    catalogue: await findCatalogue(client, front.url, random),
    clicks: clickSender(client, counts, { runId: 'run', historyToken: undefined }),
    desk: new OrderDesk(client, counts, { operatorToken: undefined, tellsTime: false }),
    year: new Date(nowMs).getUTCFullYear(),
    nowMs: () => nowMs,
    endMs: Number.POSITIVE_INFINITY,
  };
  const identity = makeIdentity(random, 'someone');
  const shopper = await Shopper.signUp(around, identity, nowMs);
  const visit = new Visit(
    { sessionId: 'visit', guise: identity, purpose: 'buy' },
    around.catalogue,
  );
  const first = shopper.token;
  expect(await shopper.act('addToCart', visit, nowMs, random)).toBe('addToCart');
  expect(shopper.token).toBe(first);
  await new Promise((resolve) => setTimeout(resolve, 1_100)); // tokens count in seconds
  nowMs += 12 * 3_600_000;
  expect(await shopper.act('placeOrder', visit, Date.now(), random)).toBe('placeOrder');
  expect(shopper.token).not.toBe(first);
  expect(counts.report()).toMatchObject({ ordersPlaced: 1, errors: {} });
});
