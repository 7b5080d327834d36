import { type Action, actions } from './actions.ts';

/** What people come to the shop for. */
export const purposes = ['browse', 'compare', 'buy', 'return'] as const;
export type Purpose = (typeof purposes)[number];

/**
 * Of a thousand actions, how many are of which kind in a session of which purpose. Each column adds
 * up to the action's own share, so a buyer fills carts more often than others and the whole crowd
 * still views, adds and orders exactly as often as `actionShares` says. A session's purpose says
 * nothing about how many actions it has, so a row's sum is the purpose's share of sessions too.
 */
export const actionsPerThousand: Readonly<Record<Purpose, Readonly<Record<Action, number>>>> = {
  browse: {
    view: 210,
    addToCart: 30,
    wishlist: 60,
    removeFromCart: 15,
    placeOrder: 5,
    browse: 30,
  },
  compare: {
    view: 110,
    addToCart: 60,
    wishlist: 60,
    removeFromCart: 30,
    placeOrder: 30,
    browse: 10,
  },
  buy: {
    view: 60,
    addToCart: 100,
    wishlist: 20,
    removeFromCart: 45,
    placeOrder: 60,
    browse: 5,
  },
  return: {
    view: 20,
    addToCart: 10,
    wishlist: 10,
    removeFromCart: 10,
    placeOrder: 5,
    browse: 5,
  },
};

/** The share of sessions with this purpose, in thousandths. */
export function sessionsPerThousand(purpose: Purpose): number {
  return actions.reduce((sum, action) => sum + actionsPerThousand[purpose][action], 0);
}
