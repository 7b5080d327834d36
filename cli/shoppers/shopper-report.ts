import { type Action, actions } from './actions.ts';

/** What a crowd of shoppers did. */
export interface ShopperReport {
  readonly shoppers: number;
  /** Actions as the dice fell. */
  readonly drawn: Readonly<Record<Action, number>>;
  /** Actions as they were done: what was impossible at the moment became a view. */
  readonly done: Readonly<Record<Action, number>>;
  readonly ordersPlaced: number;
  readonly ordersPaid: number;
  readonly paymentsDeclined: number;
  readonly clicksSent: number;
  /** Requests that failed, by status; `network` for those without an answer. */
  readonly errors: Readonly<Record<string, number>>;
}

/** Counts what shoppers do. */
export interface ShopperCounts {
  drawn(action: Action): void;
  done(action: Action): void;
  add(what: 'shoppers' | 'ordersPlaced' | 'ordersPaid' | 'paymentsDeclined', count?: number): void;
  clicks(count: number): void;
  error(kind: string): void;
  report(): ShopperReport;
}

export function countShoppers(): ShopperCounts {
  const none = () =>
    ({
      view: 0,
      addToCart: 0,
      wishlist: 0,
      removeFromCart: 0,
      placeOrder: 0,
      browse: 0,
    }) satisfies Record<Action, number>;
  const totals = {
    shoppers: 0,
    ordersPlaced: 0,
    ordersPaid: 0,
    paymentsDeclined: 0,
    clicksSent: 0,
  };
  const [drawn, done] = [none(), none()];
  const errors: Record<string, number> = {};
  return {
    drawn: (action) => void drawn[action]++,
    done: (action) => void done[action]++,
    add(what, count = 1) {
      totals[what] += count;
    },
    clicks(count) {
      totals.clicksSent += count;
    },
    error(kind) {
      errors[kind] = (errors[kind] ?? 0) + 1;
    },
    report: () => ({ ...totals, drawn: { ...drawn }, done: { ...done }, errors: { ...errors } }),
  };
}

/** The report as a few lines for people. */
export function reportLines(report: ShopperReport): readonly string[] {
  const { drawn, done, errors } = report;
  const failed = Object.entries(errors).map(([kind, count]) => `${count} × ${kind}`);
  return [
    `${report.shoppers} shoppers, ${report.ordersPlaced} orders placed, ${report.ordersPaid} paid, ${report.paymentsDeclined} payments declined, ${report.clicksSent} clicks sent`,
    `action (drawn → done): ${actions.map((name) => `${name} ${drawn[name]} → ${done[name]}`).join(', ')}`,
    `failed requests: ${failed.length === 0 ? 'none' : failed.join(', ')}`,
  ];
}
