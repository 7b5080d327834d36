import type { ShopFacts } from '../../shared/changes/shop-facts.ts';
import type { Values } from '../../shared/stream/accumulator.ts';
import { count, sum } from '../../shared/stream/accumulator.ts';

/** What jobs see of an order item that was sold. */
export type SoldItem = Pick<
  ShopFacts['orderItem'],
  'productId' | 'quantity' | 'unitPriceCents' | 'orderedAtMs'
>;

/** What was sold: order items, pieces, and what they are worth. */
export function sold<Item extends SoldItem>() {
  return {
    lines: count<Item>(),
    quantity: sum((item: Item) => item.quantity),
    revenueCents: sum((item: Item) => item.quantity * item.unitPriceCents),
  };
}

/** What was sold of something. */
export type Sold = Values<ReturnType<typeof sold>>;
