import { createRandom, type Random } from '../../random/random.ts';
import catalogue from './catalogue.json' with { type: 'json' };
import { allCategories } from './make-categories.ts';
import { makePerson, sellerNames } from './make-person.ts';
import { type MadeProduct, makeProduct } from './make-product.ts';

/** How large a made-up shop is, and which one of that size. */
export interface ShopSize {
  readonly categories: number;
  readonly products: number;
  readonly customers: number;
  readonly sellers: number;
  /** The same seed makes the same shop. */
  readonly seed: number;
}

/** Rows of a made-up shop, columns named as in the database; a row is made when it is asked for. */
export interface MadeShop {
  /** A category stands behind the one above it. */
  readonly categories: readonly { name: string; parent: string | null }[];
  readonly sellers: readonly { name: string; country: string }[];
  readonly products: Iterable<MadeProduct>;
  readonly customers: Iterable<MadeCustomer>;
}

interface MadeCustomer {
  readonly first_name: string;
  readonly last_name: string;
  /** What stands before the customer's number in the address of e-mail. */
  readonly mailbox: string;
  readonly phone: string;
  readonly address: string;
  readonly country: string;
}

/** A name is drawn so often before a second product of that name is let be. */
const drawsMax = 50;
const rowsMax = 10_000_000;
const sellers = [
  ...catalogue.sellers,
  ...sellerNames.filter(({ name }) => catalogue.sellers.every((each) => each.name !== name)),
];

/**
 * Makes up a shop: products with a brand and a price of their category, customers with an address.
 *
 * @throws RangeError for a size that is not a whole number, or more than there are names for.
 */
export function makeShop(size: ShopSize): MadeShop {
  checkSize('categories', size.categories, 1, allCategories.length);
  checkSize('sellers', size.sellers, 1, sellers.length);
  checkSize('products', size.products, 0, rowsMax);
  checkSize('customers', size.customers, 0, rowsMax);
  const categories = allCategories.slice(0, size.categories);
  return {
    categories: categories.map(({ name, parent = null }) => ({ name, parent })),
    sellers: sellers.slice(0, size.sellers),
    products: { [Symbol.iterator]: () => makeProducts(size) },
    customers: { [Symbol.iterator]: () => makeCustomers(size) },
  };
}

function* makeProducts(size: ShopSize): Generator<MadeProduct, undefined> {
  const random = createRandom(size.seed);
  const categories = allCategories.slice(0, size.categories);
  const named = sellers.slice(0, size.sellers);
  const names = new Set<string>();
  for (let made = 0; made < size.products; made += 1) {
    const category = categories[made % categories.length] ?? random.pick(categories);
    const { name: seller } = random.pick(named);
    let product = makeProduct(random, category, seller);
    for (let draws = 1; names.has(product.name) && draws < drawsMax; draws += 1) {
      product = makeProduct(random, category, seller);
    }
    names.add(product.name);
    yield product;
  }
}

function* makeCustomers({ seed, customers }: ShopSize): Generator<MadeCustomer, undefined> {
  const random: Random = createRandom(seed ^ 0x5eed);
  for (let made = 0; made < customers; made += 1) {
    const { firstName, lastName, mailbox, phone, address, country } = makePerson(random);
    yield { first_name: firstName, last_name: lastName, mailbox, phone, address, country };
  }
}

function checkSize(what: string, count: number, min: number, max: number): void {
  if (Number.isInteger(count) && count >= min && count <= max) return;
  throw new RangeError(
    `Cannot make shop: ${what} must be a whole number from ${min} to ${max}: received ${count}`,
  );
}
