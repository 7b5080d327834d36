import { type Action, actions } from './actions.ts';

const totalNames = [
  'shoppers',
  'ordersPlaced',
  'orderLines',
  'ordersPaid',
  'paymentsDeclined',
  'cancelled',
  'expired',
  'refunds',
  'adjustedLines',
  'shipped',
  'delivered',
  'completed',
  'soldCents',
  'givenBackCents',
  'clicksSent',
  'fraudsters',
  'fraudOrders',
  'chargebacks',
] as const;
type Total = (typeof totalNames)[number];

/** What a crowd of shoppers did, as the shop confirmed it. */
export interface ShopperReport extends Readonly<Record<Total, number>> {
  /** Actions as the dice fell. */
  readonly drawn: Readonly<Record<Action, number>>;
  /** Actions as they were done: what was impossible at the moment became a view. */
  readonly done: Readonly<Record<Action, number>>;
  /** What was drawn and neither done nor a view, because a request failed. */
  readonly failed: number;
  /** Requests that failed, by status; `network` for those without an answer. */
  readonly errors: Readonly<Record<string, number>>;
}

/** Counts what shoppers do. */
export interface ShopperCounts {
  drawn(action: Action): void;
  done(action: Action): void;
  failed(): void;
  add(what: Total, count?: number): void;
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
  const totals = new Map<Total, number>(totalNames.map((name) => [name, 0]));
  const total = (name: Total) => totals.get(name) ?? 0;
  const [drawn, done] = [none(), none()];
  const errors: Record<string, number> = {};
  let failed = 0;
  return {
    drawn: (action) => void drawn[action]++,
    done: (action) => void done[action]++,
    failed: () => void failed++,
    add: (what, count = 1) => void totals.set(what, total(what) + count),
    error(kind) {
      errors[kind] = (errors[kind] ?? 0) + 1;
    },
    report: () => ({
      shoppers: total('shoppers'),
      ordersPlaced: total('ordersPlaced'),
      orderLines: total('orderLines'),
      ordersPaid: total('ordersPaid'),
      paymentsDeclined: total('paymentsDeclined'),
      cancelled: total('cancelled'),
      expired: total('expired'),
      refunds: total('refunds'),
      adjustedLines: total('adjustedLines'),
      shipped: total('shipped'),
      delivered: total('delivered'),
      completed: total('completed'),
      soldCents: total('soldCents'),
      givenBackCents: total('givenBackCents'),
      clicksSent: total('clicksSent'),
      fraudsters: total('fraudsters'),
      fraudOrders: total('fraudOrders'),
      chargebacks: total('chargebacks'),
      drawn: { ...drawn },
      done: { ...done },
      failed,
      errors: { ...errors },
    }),
  };
}

/** How far the shoppers are, in a line. */
export function progressText(report: ShopperReport): string {
  const drawn = actions.reduce((sum, action) => sum + report.drawn[action], 0);
  return `${count(drawn)} actions of ${count(report.shoppers)} shoppers, ${count(report.ordersPlaced)} orders placed, ${count(report.ordersPaid)} paid, ${count(report.paymentsDeclined)} payments declined, ${count(report.clicksSent)} clicks sent`;
}

/** A whole number for people. */
export function count(number: number): string {
  return number.toLocaleString('en');
}

/** Whether more than half of what was drawn failed: a shop that has gone, not one that is busy. */
export function hasMostlyFailed({
  drawn,
  failed,
}: Pick<ShopperReport, 'drawn' | 'failed'>): boolean {
  return failed * 2 > actions.reduce((sum, action) => sum + drawn[action], 0);
}
