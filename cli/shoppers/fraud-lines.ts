import type { Random } from '../../shared/random/random.ts';
import { saleLimits } from '../../shared/shop/sale-rules.ts';
import type { Catalogue, CatalogueProduct } from './catalogue.ts';
import type { FraudOrder } from './fraud-patterns.ts';

/** A line of a cart as the shop's API takes it. */
interface NewLine {
  readonly productId: number;
  readonly quantity: number;
}

/** One order leaves so much of a product for others. */
const STOCK_SHARE_MAX = 0.2;

/**
 * The lines of a fraudster's order: one to three pieces of each product, or as many as come to the
 * wanted value, about, as far as the shop has them and sells so many to one.
 */
export function fraudLines(
  { lines, wants, valueCents }: FraudOrder,
  catalogue: Catalogue,
  random: Random,
): readonly NewLine[] {
  const drawn = Array.from({ length: lines }, () =>
    wants === 'expensive' ? catalogue.expensive(random) : catalogue.popular(random),
  );
  const products = new Map(drawn.map((product) => [product.id, product]));
  return [...products.values()].map((product) => ({
    productId: product.id,
    quantity:
      valueCents === undefined
        ? random.integer(1, 3)
        : piecesFor(product, valueCents / products.size),
  }));
}

function piecesFor({ priceCents, stock }: CatalogueProduct, valueCents: number): number {
  const wanted = Math.round(valueCents / priceCents);
  const most = Math.min(saleLimits.quantityMax, Math.floor(stock * STOCK_SHARE_MAX));
  return Math.max(1, Math.min(wanted, most));
}
