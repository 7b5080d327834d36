import type { MomentaryKind } from '../../shared/alerts/alert-kinds.ts';
import type { AlertData } from '../../shared/events/alert.ts';
import type { ProductInterestData } from '../../shared/events/product-interest.ts';
import type { ClosingEmission } from '../../shared/stream/job.ts';
import type { WindowBounds } from '../../shared/stream/window.ts';
import { stretchWords } from './stretch-words.ts';

type Product = ProductInterestData['products'][number];

/** What people are told of a product that many look at and few buy. Each product has its own cooldown. */
export function flashSaleAlert(product: Product, window: WindowBounds): ClosingEmission {
  const { productId, category, views, carts, purchases, conversionPercent } = product;
  const { startMs, endMs } = window;
  const id = String(productId);
  const named = category === null ? `Product ${id}` : `Product ${id} (${category})`;
  const seen = `was viewed ${views} times and bought ${times(purchases)}`;
  const data: AlertData = {
    rule: 'flash-sale' satisfies MomentaryKind,
    ruleVersion: 1,
    severity: 'warning',
    title: `${named}: many look, few buy`,
    reason: `${named} ${seen} in ${stretchWords(endMs - startMs)}, a conversion of ${conversionPercent} %. ${suggestion(product)}`,
    atMs: endMs,
    entity: { kind: 'product', id },
    window: { startMs, endMs },
    confidenceBasis: 'a rule of thumb: thresholds of views and purchases',
    links: [
      { title: 'Product', path: `/products/${id}` },
      {
        title: 'Product interest of that window',
        path: `/statistics/product-interest?from=${startMs}&to=${startMs + 1}`,
      },
    ],
    facts: [
      { name: 'Views', value: String(views) },
      { name: 'Carts', value: String(carts) },
      { name: 'Purchases', value: String(purchases) },
      { name: 'Conversion', value: `${conversionPercent} %` },
      ...(category === null ? [] : [{ name: 'Category', value: category }]),
    ],
  };
  return { id: `flash-sale|${id}|${startMs}`, type: 'alert', entity: `product|${id}`, data };
}

function suggestion({ carts, purchases }: Product): string {
  return carts > purchases
    ? `It was put into carts ${times(carts)}: a flash sale may bring these to the till`
    : 'Hardly anyone puts it into a cart: try a flash sale, or look at its price and its page';
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
