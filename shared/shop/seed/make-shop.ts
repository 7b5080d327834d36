import { createRandom, type Random } from '../../random/random.ts';
import catalogue from './catalogue.json' with { type: 'json' };
import people from './people.json' with { type: 'json' };

/** How large a made-up shop is, and which one of that size. */
export interface ShopSize {
  readonly categories: number;
  readonly products: number;
  readonly customers: number;
  readonly sellers: number;
  /** The same seed makes the same shop. */
  readonly seed: number;
}

/** Rows of a made-up shop, columns named as in the database, category and seller by their names. */
export interface MadeShop {
  readonly categories: readonly { name: string }[];
  readonly sellers: readonly { name: string; country: string }[];
  readonly products: readonly MadeProduct[];
  readonly customers: readonly MadeCustomer[];
}

interface MadeProduct {
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  /** Decimal text, as the database takes it. */
  readonly price: string;
  readonly stock: number;
  readonly category: string;
  readonly seller: string;
  readonly brand: string;
  readonly rating: number;
  readonly reorder_point: number;
  readonly lead_time_days: number;
}

interface MadeCustomer {
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
  readonly phone: string;
  readonly address: string;
  readonly country: string;
}

/**
 * Makes up a shop: products with a brand and a price of their category, customers with an address.
 *
 * @throws RangeError for a size that is not a whole number, or more than there are names for.
 */
export function makeShop(size: ShopSize): MadeShop {
  checkSize('categories', size.categories, 1, catalogue.categories.length);
  checkSize('sellers', size.sellers, 1, catalogue.sellers.length);
  checkSize('products', size.products, 0, 1_000_000);
  checkSize('customers', size.customers, 0, 1_000_000);
  const random = createRandom(size.seed);
  const categories = catalogue.categories.slice(0, size.categories);
  const sellers = catalogue.sellers.slice(0, size.sellers);
  return {
    categories: categories.map(({ name }) => ({ name })),
    sellers,
    products: Array.from({ length: size.products }, (_, index) => {
      const category = categories[index % categories.length] ?? random.pick(categories);
      return makeProduct(random, index, category, random.pick(sellers).name);
    }),
    customers: Array.from({ length: size.customers }, (_, index) => makeCustomer(random, index)),
  };
}

function makeProduct(
  random: Random,
  index: number,
  category: (typeof catalogue.categories)[number],
  seller: string,
): MadeProduct {
  const { name, brands, kinds, traits, priceCents } = category;
  const [brand, trait, kind] = [random.pick(brands), random.pick(traits), random.pick(kinds)];
  const [low = 100, high = 10_000] = priceCents;
  // Few things are expensive: even on the scale of the logarithm, then a price that ends in 90.
  const cents = Math.round((low * (high / low) ** random.next()) / 100) * 100 - 10;
  return {
    sku: `${name.slice(0, 3).toUpperCase()}-${String(index + 1).padStart(6, '0')}`,
    name: `${brand} ${trait} ${kind} ${random.integer(1, 99) * 10}`,
    description: `${trait} ${kind.toLowerCase()} by ${brand}.`,
    price: (Math.max(cents, 90) / 100).toFixed(2),
    stock: random.integer(500, 3_000),
    category: name,
    seller,
    brand,
    rating: random.integer(25, 50) / 10,
    reorder_point: random.integer(50, 150),
    lead_time_days: random.integer(2, 14),
  };
}

function makeCustomer(random: Random, index: number): MadeCustomer {
  const [first, last] = [random.pick(people.firstNames), random.pick(people.lastNames)];
  const street = random.pick(people.streets);
  return {
    first_name: first,
    last_name: last,
    email: `customer.${index + 1}@example.com`,
    phone: `+${random.integer(1, 99)} ${random.integer(100_000_000, 999_999_999)}`,
    address: `${street} ${random.integer(1, 400)}`,
    country: random.pick(people.countries),
  };
}

function checkSize(what: string, count: number, min: number, max: number): void {
  if (Number.isInteger(count) && count >= min && count <= max) return;
  throw new RangeError(
    `Cannot make shop: ${what} must be a whole number from ${min} to ${max}: received ${count}`,
  );
}
