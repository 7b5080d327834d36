import type { ShopFacts } from '../changes/shop-facts.ts';
import type { ClickRecord } from '../events/click.ts';
import type { FeatureEvent } from '../features/feature.ts';
import { hourOf, seasonOf } from './category-times.ts';

/** Clicks of a kind that tells how someone shops. */
export const shoppingClicks = ['view', 'cart', 'remove', 'wishlist'] as const;

/**
 * An order, a line of one or a click, as features of sales see it; undefined for clicks of nobody
 * known. The same mapping stands in SQL in `sources.ts`.
 */
export function saleEvents(
  fact: ShopFacts['order' | 'orderItem'] | ClickRecord,
): FeatureEvent | undefined {
  if (!('kind' in fact)) return clickEvent(fact);
  return fact.kind === 'order' ? orderEvent(fact) : itemEvent(fact);
}

function clickEvent(click: ClickRecord): FeatureEvent | undefined {
  const { user, type, session, category } = click;
  if (user === null || !shoppingClicks.some((each) => each === type)) return undefined;
  return {
    source: 'click',
    id: click.eventId,
    atMs: click.occurredAtMs,
    entities: { customer: user },
    values: { type, session, category },
  };
}

function orderEvent(order: ShopFacts['order']): FeatureEvent | undefined {
  const { orderId, customerHash, orderedAtMs, totalCents } = order;
  if (customerHash === null) return undefined;
  return {
    source: 'order',
    id: orderId,
    atMs: orderedAtMs,
    entities: { customer: customerHash },
    values: { totalCents },
  };
}

function itemEvent(item: ShopFacts['orderItem']): FeatureEvent {
  const { itemId, productId, categoryId, sellerId, customerHash, orderedAtMs: atMs } = item;
  return {
    source: 'item',
    id: itemId,
    atMs,
    entities: {
      product: productId,
      ...(sellerId !== null && { seller: sellerId }),
      ...(customerHash !== null && { customer: customerHash }),
      ...(categoryId !== null && {
        category: categoryId,
        season: seasonOf(categoryId, atMs),
        hour: hourOf(categoryId, atMs),
      }),
    },
    values: {
      quantity: item.quantity,
      unitPriceCents: item.unitPriceCents,
      amountCents: item.quantity * item.unitPriceCents,
      category: categoryId,
      seller: sellerId,
      orderId: item.orderId,
    },
  };
}
