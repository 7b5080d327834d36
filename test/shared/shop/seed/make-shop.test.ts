import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../../../../shared/random/random.ts';
import { allCategories } from '../../../../shared/shop/seed/make-categories.ts';
import { makePerson } from '../../../../shared/shop/seed/make-person.ts';
import { makeShop } from '../../../../shared/shop/seed/make-shop.ts';

const size = { categories: 15, products: 200, customers: 100, sellers: 12, seed: 7 };
const listed = (made: Parameters<typeof makeShop>[0]) => {
  const { products, customers, ...rest } = makeShop(made);
  return { ...rest, products: [...products], customers: [...customers] };
};

const sizes = fc.record({
  categories: fc.integer({ min: 1, max: 1_000 }),
  products: fc.integer({ min: 0, max: 300 }),
  customers: fc.integer({ min: 0, max: 50 }),
  sellers: fc.integer({ min: 1, max: 500 }),
  seed: fc.integer(),
});

test('makeShop() makes what was asked for, the same from the same seed, each price in its range', () => {
  fc.assert(
    fc.property(sizes, (asked) => {
      const shop = listed(asked);
      expect(listed(asked)).toEqual(shop);
      const { categories, sellers, products, customers } = shop;
      expect([categories, sellers, products, customers].map(({ length }) => length)).toEqual([
        asked.categories,
        asked.sellers,
        asked.products,
        asked.customers,
      ]);
      const named = new Map(allCategories.map((category) => [category.name, category]));
      for (const { name, price, rating, category, seller, brand, description } of products) {
        const { root, kind, trait } = named.get(category) ?? {};
        const kinds = kind ? [kind] : (root?.kinds ?? []);
        const ranges = kinds.filter(
          (each) => name.includes(each.name) && (trait === undefined || name.includes(trait)),
        );
        const cents = Math.round(Number(price) * 100);
        const fits = ranges.some(
          ({ priceCents: [low = 0, high = 0] }) => cents >= low && cents <= high,
        );
        expect(fits, `${name} in ${category} for ${price}`).toBe(true);
        expect(price).toMatch(/^\d+\.\d\d$/);
        expect(rating === null || (rating >= 1 && rating <= 5)).toBe(true);
        expect(name.length).toBeLessThanOrEqual(200);
        expect(root?.brands).toContain(brand);
        expect(`${name} ${description}`).not.toMatch(/undefined|\{/);
        expect(sellers.some((each) => each.name === seller)).toBe(true);
      }
      expect(new Set(categories.map(({ name }) => name)).size).toBe(categories.length);
      expect(new Set(sellers.map(({ name }) => name)).size).toBe(sellers.length);
    }),
    { numRuns: 60 },
  );
});

test('makeShop() rates as people do: mostly four and more, few below three, some not yet', () => {
  const { products } = listed({ ...size, products: 5_000 });
  const ratings = products.flatMap(({ rating }) => rating ?? []);
  const share = (of: (rating: number) => boolean) => ratings.filter(of).length / ratings.length;
  expect(ratings.length / products.length).toBeCloseTo(0.96, 1);
  expect(share((rating) => rating >= 4)).toBeGreaterThan(0.6);
  expect(share((rating) => rating < 3)).toBeLessThan(0.05);
  expect(share((rating) => rating === 5)).toBeLessThan(0.1);
});

test('makeShop() gives a hundred thousand products names of their own', () => {
  const names = new Set<string>();
  for (const { name } of makeShop({ ...size, products: 100_000 }).products) names.add(name);
  expect(names.size).toBe(100_000);
});

test('makeShop() makes another shop from another seed, and refuses sizes it has no names for', () => {
  expect(listed({ ...size, seed: 8 }).products).not.toEqual(listed(size).products);
  expect(() => makeShop({ ...size, categories: 1_001 })).toThrow(
    'Cannot make shop: categories must be a whole number from 1 to 1000: received 1001',
  );
  expect(() => makeShop({ ...size, products: -1 })).toThrow('products');
  expect(() => makeShop({ ...size, customers: 0.5 })).toThrow('customers');
});

test('allCategories stand behind the one above them, of names that fit their column', () => {
  const seen = new Set<string>();
  for (const { name, parent } of allCategories) {
    expect(name.length).toBeLessThanOrEqual(100);
    if (parent !== undefined) expect(seen).toContain(parent);
    seen.add(name);
  }
  expect(seen.size).toBe(1_000);
});

test('makePerson() gives a mailbox of plain letters, and a telephone of the country', () => {
  const dial: Readonly<Record<string, string>> = {
    BR: '55',
    PT: '351',
    DE: '49',
    ES: '34',
    FR: '33',
    GB: '44',
    IT: '39',
    US: '1',
  };
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { mailbox, phone, address, country } = makePerson(createRandom(seed));
      expect(mailbox).toMatch(/^[a-z]+\.[a-z]+$/);
      expect(phone.startsWith(`+${dial[country]} `), phone).toBe(true);
      expect(address).not.toMatch(/[#{}]|undefined/);
    }),
  );
});
