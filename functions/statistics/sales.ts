import type { ShopFacts } from '../../shared/changes/shop-facts.ts';
import type { Sold } from './sold.ts';

/** What was sold of one category; null: of products without one. */
interface CategorySales {
  readonly all: Sold;
  readonly products: number;
  readonly bestProductId: number;
}

/** What was sold in a stretch of time. */
export interface Sales {
  readonly all: Sold;
  readonly products: ReadonlyMap<number, Sold>;
  readonly categories: ReadonlyMap<number | null, CategorySales>;
}

type Tally = { -readonly [Figure in keyof Sold]: number };

/**
 * The key of an order item: its product, and the category that it had then. So both are exact, also
 * where a product moves to another category.
 *
 * @throws RangeError for ids that are no whole numbers.
 */
export function salesKey({ productId, categoryId }: ShopFacts['orderItem']): string {
  const category = categoryId === null ? '' : wholeOf('category', categoryId);
  return `${wholeOf('product', productId)}|${category}`;
}

/** Adds up totals of such keys. */
export function salesOf(totals: ReadonlyMap<string, Sold>): Sales {
  const all = none();
  const products = new Map<number, Tally>();
  const categories = new Map<
    number | null,
    { all: Tally; products: number; bestProductId: number; bestCents: number }
  >();
  for (const [key, values] of totals) {
    const [product, category] = key.split('|');
    const productId = Number(product);
    const categoryId = category ? Number(category) : null;
    add(all, values);
    const ofProduct = products.get(productId);
    if (ofProduct) add(ofProduct, values);
    else products.set(productId, { ...values });
    const ofCategory = categories.get(categoryId);
    const best = { bestProductId: productId, bestCents: values.revenueCents };
    if (!ofCategory) categories.set(categoryId, { all: { ...values }, products: 1, ...best });
    else {
      add(ofCategory.all, values);
      ofCategory.products += 1;
      const ahead = best.bestCents - ofCategory.bestCents || ofCategory.bestProductId - productId;
      if (ahead > 0) Object.assign(ofCategory, best);
    }
  }
  return { all, products, categories };
}

function none(): Tally {
  return { lines: 0, quantity: 0, revenueCents: 0 };
}

function add(tally: Tally, { lines, quantity, revenueCents }: Sold): void {
  tally.lines += lines;
  tally.quantity += quantity;
  tally.revenueCents += revenueCents;
}

function wholeOf(what: string, id: string): number {
  const whole = Number(id);
  if (Number.isSafeInteger(whole)) return whole;
  throw new RangeError(
    `Cannot count order item: its ${what} must be a whole number: received "${id}"`,
  );
}
