import { describe, expect, it } from 'vitest';
import { abandonedCartsJob } from '../../../functions/statistics/abandoned-carts.ts';
import { settings } from '../../../shared/config/settings.ts';
import { playDay } from '../../fixtures/shop-day/play-day.ts';
import {
  arrivals,
  atMinute,
  clickAt,
  type Happening,
  noonMs,
  orderAt,
} from '../../fixtures/visits.ts';

const job = abandonedCartsJob(settings({}));
const plainly = { shards: 1, seed: 1, restarts: 0 };

const play = (...happenings: readonly Happening[]) => playDay(job, arrivals(happenings), plainly);

async function cartsOf(...happenings: readonly Happening[]) {
  const { stored } = await play(...happenings);
  return stored.map(({ data }) => data);
}

describe('abandonedCartsJob()', () => {
  it('tells what is left of a cart that nobody touched for an hour', async () => {
    const carts = await cartsOf(
      clickAt(0, 'cart', { product: 9 }),
      clickAt(1, 'cart', { product: 4 }),
      clickAt(1, 'cart', { product: 3 }),
      clickAt(2, 'remove', { product: 9 }),
      clickAt(2, 'view', { product: 5 }),
    );
    expect(carts).toEqual([
      {
        visitor: 'ann',
        visitorKind: 'user',
        firstAtMs: atMinute(1),
        lastAtMs: atMinute(2),
        productsLeft: 2,
        products: [
          { productId: 3, category: 'toys', addedAtMs: atMinute(1) },
          { productId: 4, category: 'toys', addedAtMs: atMinute(1) },
        ],
      },
    ]);
  });

  it('says nothing of a cart that was emptied or ordered', async () => {
    const emptied = [clickAt(0, 'cart'), clickAt(3, 'remove')];
    expect(await cartsOf(...emptied)).toEqual([]);
    expect(await cartsOf(clickAt(0, 'cart'), orderAt(59), clickAt(60, 'cart'))).toEqual([]);
    expect(await cartsOf(orderAt(1))).toEqual([]);
  });

  it('takes what is put in and removed at one instant for removed', async () => {
    expect(await cartsOf(clickAt(0, 'cart'), clickAt(0, 'remove'))).toEqual([]);
  });

  it('takes an order after the hour for another stretch', async () => {
    expect(await cartsOf(clickAt(0, 'cart'), orderAt(60))).toHaveLength(1);
    expect(await cartsOf(clickAt(0, 'cart'), orderAt(59.99))).toEqual([]);
  });

  it('does not count the record of a cancellation as an order', async () => {
    expect(await cartsOf(clickAt(0, 'cart'), orderAt(1, 'ann', 0))).toHaveLength(1);
  });

  it('cannot link an order to clicks without consent', async () => {
    const clicks = [clickAt(0, 'cart', { user: null, session: 'shy' })];
    const [cart, ...others] = await cartsOf(...clicks, orderAt(5));
    expect(others).toEqual([]);
    expect(cart).toMatchObject({ visitor: 'shy', visitorKind: 'session' });
  });

  it('takes back what a late order turns out to have been no abandoned cart', async () => {
    const { stored, emissions } = await play(clickAt(0, 'cart'), [orderAt(10), 52.5]);
    expect(stored).toEqual([]);
    expect(emissions.map(({ revision, data }) => [revision, data === null])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it('names a hundred products at most, and says how many there are', async () => {
    const many = Array.from({ length: 120 }, (_, index) =>
      clickAt(index / 10, 'cart', { product: index + 1 }),
    );
    const [cart] = await cartsOf(...many);
    expect(cart).toMatchObject({ productsLeft: 120, firstAtMs: noonMs });
    expect(cart).toHaveProperty('products.length', 100);
    expect(cart).toHaveProperty('products.0.productId', 120);
  });
});
