import { alignedLines } from '../aligned-lines.ts';
import { type Action, actionShares, actions } from './actions.ts';
import { type FraudPattern, fraudPatterns } from './fraud-patterns.ts';
import type { Label } from './order-book.ts';
import type { Plan } from './plan.ts';
import { type Purpose, purposes } from './purposes.ts';
import type { ShopClock } from './shop-clock.ts';
import { count, type ShopperReport } from './shopper-report.ts';

/** What the sessions of a run amounted to. */
export interface SessionReport extends ShopperReport {
  readonly seed: number;
  /** The shop's time, ISO 8601. */
  readonly from: string;
  readonly to: string;
  readonly toldAsHistory: boolean;
  readonly sessions: { readonly planned: number; readonly held: number };
  /** Sessions that were held. */
  readonly purposes: Readonly<Record<Purpose, number>>;
  /** Of fraudsters: sessions that were held, and orders, these the shop has like any other. */
  readonly fraud: Readonly<Record<FraudPattern, { sessions: number; orders: number }>>;
  readonly tookMs: number;
}

interface Run {
  readonly plan: Plan;
  /** Draws of the sessions that were held. */
  readonly held: ReadonlySet<number>;
  readonly labels: readonly Label[];
  readonly clock: ShopClock;
  readonly seed: number;
  readonly tookMs: number;
  readonly shoppers: ShopperReport;
}

export function sessionReport(run: Run): SessionReport {
  const { plan, held, labels, clock, seed, tookMs, shoppers } = run;
  const sessions = plan.sessions.filter(({ draw }) => held.has(draw));
  const withPurpose = (wanted: Purpose) =>
    sessions.filter(({ purpose }) => purpose === wanted).length;
  const withPattern = (wanted: FraudPattern) => ({
    sessions: sessions.filter(({ pattern }) => pattern === wanted).length,
    orders: labels.filter(({ pattern }) => pattern === wanted).length,
  });
  return {
    seed,
    from: new Date(clock.fromMs).toISOString(),
    to: new Date(clock.toMs).toISOString(),
    toldAsHistory: clock.isOwn,
    sessions: { planned: plan.sessions.length, held: sessions.length },
    purposes: {
      browse: withPurpose('browse'),
      compare: withPurpose('compare'),
      buy: withPurpose('buy'),
      return: withPurpose('return'),
    },
    fraud: {
      burst: withPattern('burst'),
      stolenCards: withPattern('stolenCards'),
      sharedIdentity: withPattern('sharedIdentity'),
      unusualAmount: withPattern('unusualAmount'),
      accountTakeover: withPattern('accountTakeover'),
    },
    tookMs: Math.round(tookMs),
    ...shoppers,
  };
}

const names: Readonly<Record<Action, string>> = {
  view: 'view product',
  addToCart: 'add to cart',
  wishlist: 'add to wishlist',
  removeFromCart: 'remove from cart',
  placeOrder: 'place order',
  browse: 'browse category',
};

/** The six actions as a table: their weights, what was drawn, what was done. */
export function actionTable({ drawn, done, failed }: ShopperReport): string {
  const sum = (counts: Readonly<Record<Action, number>>) =>
    actions.reduce((all, action) => all + counts[action], 0);
  const percent = (part: number, whole: number) =>
    `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(1)} %`;
  const [allDrawn, allDone] = [sum(drawn), sum(done)];
  const rows = actions.map((action) => [
    names[action],
    percent(actionShares[action], 1),
    count(drawn[action]),
    percent(drawn[action], allDrawn),
    count(done[action]),
    percent(done[action], allDone),
  ]);
  const all = ['all', percent(1, 1), count(allDrawn), '', count(allDone), ''];
  const lines = [['action', 'weight', 'drawn', '', 'done', ''], ...rows, all];
  const lost = failed === 0 ? '' : `\n${count(failed)} of the drawn failed, with a request.`;
  return `${alignedLines(lines)}${lost}`;
}

/** What became of orders and requests, in lines. */
export function outcomeLines(report: ShopperReport): readonly string[] {
  const money = (cents: number) =>
    (cents / 100).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const failed = Object.entries(report.errors).map(([kind, number]) => `${number} × ${kind}`);
  return [
    `${count(report.shoppers)} shoppers signed up, ${count(report.clicksSent)} clicks sent`,
    `orders: ${count(report.ordersPlaced)} placed with ${count(report.orderLines)} lines for ${money(report.soldCents)}; ${count(report.ordersPaid)} paid, ${count(report.paymentsDeclined)} payments declined`,
    `after that: ${count(report.shipped)} shipped, ${count(report.delivered)} delivered, ${count(report.completed)} completed, ${count(report.cancelled)} cancelled, ${count(report.refunds)} refunded, ${count(report.expired)} expired, ${count(report.chargebacks)} charged back; ${money(report.givenBackCents)} given back in ${count(report.adjustedLines)} lines`,
    `requests that failed: ${failed.length === 0 ? 'none' : failed.join(', ')}`,
  ];
}

/** The whole report for people. */
export function sessionText(report: SessionReport): string {
  const { sessions, from, to, tookMs, toldAsHistory } = report;
  const seconds = tookMs / 1_000;
  const drawn = actions.reduce((sum, action) => sum + report.drawn[action], 0);
  const fraud = fraudPatterns
    .filter((pattern) => report.fraud[pattern].sessions > 0)
    .map((pattern) => {
      const { sessions: held, orders } = report.fraud[pattern];
      return `${pattern} ${count(held)} (${count(orders)} orders)`;
    });
  return [
    actionTable(report),
    'A purpose has weights of its own; over all sessions they come to those of the table.',
    '',
    `sessions: ${count(sessions.held)} of ${count(sessions.planned)}, ${purposes.map((purpose) => `${purpose} ${count(report.purposes[purpose])}`).join(', ')}`,
    `fraudsters' sessions: ${fraud.length === 0 ? 'none' : fraud.join(', ')}`,
    ...outcomeLines(report),
    `shop time ${from} to ${to}${toldAsHistory ? ', told as history' : ''}; took ${seconds.toFixed(1)} s, ${(drawn / seconds).toFixed(0)} actions/s`,
  ].join('\n');
}
