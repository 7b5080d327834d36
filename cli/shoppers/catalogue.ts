import { z } from 'zod';
import type { Random } from '../../shared/random/random.ts';
import type { ShopClient } from './shop-client.ts';

const productShape = z.object({ id: z.int(), price: z.string(), categoryId: z.int() });
const pageShape = z.object({ items: z.array(productShape), nextCursor: z.string().optional() });
const categoriesShape = z.object({ items: z.array(z.object({ id: z.int(), name: z.string() })) });

export interface CatalogueProduct {
  readonly id: number;
  readonly category: string;
}

/** What shoppers choose from. */
export interface Catalogue {
  readonly categories: readonly { readonly id: number; readonly name: string }[];
  /** A product; few are wanted often and most of them seldom. */
  popular(random: Random): CatalogueProduct;
  /** One of the most expensive products. */
  expensive(random: Random): CatalogueProduct;
}

const PAGES_MAX = 20; // shoppers know two thousand products at most
const ZIPF_EXPONENT = 0.9;
const EXPENSIVE_SHARE = 0.05;

/**
 * Reads the shop's catalogue.
 *
 * @param random decides once which products are the popular ones.
 * @throws Error when there is nothing to buy.
 */
export async function readCatalogue(shop: ShopClient, random: Random): Promise<Catalogue> {
  const answer = categoriesShape;
  const { items: categories } = await shop.send({ method: 'GET', path: '/categories', answer });
  const names = new Map(categories.map(({ id, name }) => [id, name]));
  const products: (CatalogueProduct & { price: number })[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX && (page === 0 || cursor !== undefined); page++) {
    const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `/products?limit=100${query}`;
    const { items, nextCursor } = await shop.send({ method: 'GET', path, answer: pageShape });
    for (const { id, price, categoryId } of items) {
      products.push({ id, price: Number(price), category: names.get(categoryId) ?? 'unknown' });
    }
    cursor = nextCursor;
  }
  if (products.length === 0) {
    throw new Error('Cannot shop: the shop has no products: fill it first');
  }
  const ranked = shuffle(products, random);
  const dearest = products.toSorted((a, b) => b.price - a.price);
  const expensive = dearest.slice(0, Math.ceil(products.length * EXPENSIVE_SHARE));
  return {
    categories,
    popular: zipf(ranked),
    expensive: (next) => next.pick(expensive),
  };
}

/** Draws the item of rank r with a weight of r to the power of −0.9. */
function zipf<Item>(ranked: readonly Item[]): (random: Random) => Item {
  let sum = 0;
  const ends = ranked.map((_, rank) => {
    sum += (rank + 1) ** -ZIPF_EXPONENT;
    return sum;
  });
  return (random) => {
    const drawn = random.next() * sum;
    let [low, high] = [0, ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? sum) > drawn) high = middle;
      else low = middle + 1;
    }
    return random.pick(ranked.slice(low, low + 1));
  };
}

function shuffle<Item>(items: readonly Item[], random: Random): readonly Item[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
