import type { Random } from '../../shared/random/random.ts';

/** What a shopper does next, and how often: the shares add up to 1. */
export const actionShares = {
  view: 0.4,
  addToCart: 0.2,
  wishlist: 0.15,
  removeFromCart: 0.1,
  placeOrder: 0.1,
  browse: 0.05,
} as const;

export type Action = keyof typeof actionShares;

/** All actions, each once. */
export const actions: readonly Action[] = [
  'view',
  'addToCart',
  'wishlist',
  'removeFromCart',
  'placeOrder',
  'browse',
];

/** Draws one item, each as likely as its share of all shares. */
export function drawByShare<Item>(
  random: Random,
  items: readonly Item[],
  shareOf: (item: Item) => number,
): Item {
  const whole = items.reduce((sum, item) => sum + shareOf(item), 0);
  let rest = random.next() * whole;
  for (const item of items) {
    rest -= shareOf(item);
    if (rest < 0) return item;
  }
  return random.pick(items.slice(-1)); // the sum of floats fell short by a rounding
}
