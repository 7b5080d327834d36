import type { LiveDocument } from '../../shared/events/live.ts';
import type { LiveTopProducts } from '../../shared/events/live-statistics.ts';
import { durationName } from '../../shared/statistics/duration-name.ts';
import { categoryChange } from '../../web/category-change.ts';
import type { Formats } from '../../web/format.ts';
import { jobTrouble } from '../../web/freshness.ts';
import { jobName } from '../../web/job-name.ts';
import type { ShopNames } from '../../web/shop-names.ts';
import { summarise } from '../../web/summary.ts';
import { spark } from './spark.ts';

/** What is drawn from: the same as the live page has. */
export interface Watched {
  readonly document: LiveDocument;
  readonly serverNowMs: number;
  readonly format: Formats;
  readonly names: ShopNames;
}

/** One panel of the live page as a table: cells of a row stand under each other. */
export interface Block {
  readonly title: string;
  /** Beside the title. */
  readonly aside?: string;
  readonly rows: readonly (readonly string[])[];
  /** In place of rows, where there are none. */
  readonly empty: string;
}

const none = '–';
const usualWindowMs = 300_000;
const ordersMax = 8;
const alertsMax = 6;
const productsMax = 8;
/** So many have room in the narrowest column. */
const barsMax = 48;

/** Every panel of the live page, in its order. */
export function blocksOf(watched: Watched): readonly Block[] {
  return [
    revenueBlock(watched),
    pulseBlock(watched),
    alertsBlock(watched),
    ...topBlocks(watched),
    interestBlock(watched),
    funnelBlock(watched),
    cartsBlock(watched),
    viewedBlock(watched),
    ordersBlock(watched),
    pipelineBlock(watched),
  ];
}

function revenueBlock({ document, format }: Watched): Block {
  const sizes = [...(document.revenue ? [document.revenue] : []), ...document.longerRevenue];
  const windows = document.revenue?.windows ?? [];
  const { net, orders, spanMs } = summarise(windows);
  const oldestFirst = windows.slice(0, barsMax).toReversed();
  const rows = sizes.flatMap(({ windowMs, windows: [newest] }) => {
    if (newest === undefined) return [];
    const average = newest.averageOrderCents;
    return [
      [
        `${durationName(windowMs)} ${format.moment(newest.startMs, windowMs)}`,
        format.money(newest.netCents),
        `${format.count(newest.orders)} orders`,
        average === null ? none : `ø ${format.money(average)}`,
        newest.closed ? 'closed' : 'open',
      ],
    ];
  });
  return {
    title: 'Revenue',
    aside:
      net.total === null
        ? ''
        : `${format.moneyRounded(net.total)} · ${format.count(orders.total ?? 0)} orders in ${format.duration(spanMs)}`,
    rows:
      rows.length === 0
        ? []
        : [
            ...rows,
            [`net    ${spark(oldestFirst.map((window) => window.netCents))}`],
            [`orders ${spark(oldestFirst.map((window) => window.orders))}`],
          ],
    empty: 'no order yet',
  };
}

function pulseBlock({ document: { salesPulse }, format }: Watched): Block {
  const empty = 'no sale yet';
  if (salesPulse === null) return { title: 'Sales pulse', rows: [], empty };
  const { now, recent } = salesPulse;
  const growth = now.growthPercent === null ? '' : format.change(now.growthPercent);
  const failed = now.gates.filter(({ passed }) => !passed).map(({ name }) => name);
  return {
    title: 'Sales pulse',
    aside: `${format.duration(now.endMs - now.startMs)} to ${format.second(now.endMs)}`,
    rows: [
      [`${format.count(now.sales)} sales`, growth, format.money(now.revenueCents)],
      [`${format.count(now.sellers)} sellers`, '', now.isSpike ? 'SPIKE' : ''],
      [spark(recent.toReversed().map(({ sales }) => sales))],
      [now.insight],
      ...(failed.length === 0 ? [] : [[`not met: ${failed.join(', ')}`]]),
    ],
    empty,
  };
}

function alertsBlock({ document: { alerts }, format }: Watched): Block {
  const shown = alerts?.alerts ?? [];
  return {
    title: 'Alerts',
    rows: shown
      .slice(0, alertsMax)
      .flatMap(({ atMs, severity, title, reason, status, held }) => [
        [format.second(atMs), severity, title, held ? 'held' : status],
        [reason],
      ]),
    empty: 'none so far',
  };
}

function topBlocks({ document: { topProducts }, format, names }: Watched): Block[] {
  const top: LiveTopProducts | undefined =
    topProducts.find(({ windowMs }) => windowMs === usualWindowMs) ?? topProducts.at(0);
  const aside = top ? `${durationName(top.windowMs)} from ${format.minute(top.startMs)}` : '';
  return [
    {
      title: 'Sold most',
      aside,
      rows: (top?.byQuantity ?? [])
        .slice(0, productsMax)
        .map(({ productId, quantity, revenueCents }) => [
          names.product(productId),
          format.count(quantity),
          format.moneyRounded(revenueCents),
        ]),
      empty: 'nothing sold yet',
    },
    {
      title: 'Rising',
      aside,
      rows: (top?.trending ?? [])
        .slice(0, productsMax)
        .map((product) => [
          names.product(product.productId),
          `${format.share(product.sharePercentBefore)} →`,
          format.share(product.sharePercent),
        ]),
      empty: 'nothing rises by more than chance explains',
    },
    {
      title: 'Categories',
      aside,
      rows: (top?.categories ?? [])
        .slice(0, productsMax)
        .map((category) => [
          category.categoryId === null ? 'No category' : names.category(category.categoryId),
          categoryChange(category, top?.closed ?? false, format),
          format.moneyRounded(category.revenueCents),
        ]),
      empty: 'nothing sold yet',
    },
  ];
}

function interestBlock({ document: { productInterest }, format, names }: Watched): Block {
  const rows = (productInterest?.products ?? [])
    .slice(0, productsMax)
    .map((product) => [
      names.product(product.productId),
      format.count(product.views),
      format.count(product.carts),
      format.count(product.purchases),
      product.conversionPercent === null ? none : format.share(product.conversionPercent),
      product.isCandidate ? '!' : '',
    ]);
  const head = ['', 'views', 'carts', 'sales', 'rate', ''];
  return {
    title: 'Product interest',
    aside: productInterest?.candidates ? `${productInterest.candidates} not bought (!)` : '',
    rows: rows.length === 0 ? [] : [head, ...rows],
    empty: 'no view yet',
  };
}

function funnelBlock({ document: { funnel }, format }: Watched): Block {
  return {
    title: 'Funnel',
    aside: funnel ? `since ${format.minute(funnel.startMs)}` : '',
    rows: (funnel?.stages ?? []).map(({ stage, sessions, conversionPercent }) => [
      stage,
      format.count(sessions),
      conversionPercent === null ? '' : format.share(conversionPercent),
    ]),
    empty: 'no visit yet',
  };
}

function cartsBlock({ document: { abandonedCarts }, format, names }: Watched): Block {
  return {
    title: 'Carts left behind',
    rows: (abandonedCarts?.carts ?? [])
      .slice(0, productsMax)
      .map((cart) => [
        format.minute(cart.lastAtMs),
        ...cart.products.slice(0, 1).map(({ productId }) => names.product(productId)),
        cart.productsLeft > 1 ? `and ${cart.productsLeft - 1} more` : '',
      ]),
    empty: 'none so far',
  };
}

function viewedBlock({ document: { mostViewed }, format, names }: Watched): Block {
  return {
    title: 'Most viewed',
    aside: mostViewed ? `${format.count(mostViewed.views)} views` : '',
    rows: (mostViewed?.products ?? [])
      .slice(0, productsMax)
      .map(({ productId, views }) => [names.product(productId), format.count(views)]),
    empty: 'no view yet',
  };
}

function ordersBlock({ document: { orders }, format }: Watched): Block {
  return {
    title: 'Latest orders',
    rows: (orders?.orders ?? [])
      .slice(0, ordersMax)
      .map(({ orderedAtMs, id, channel, country, totalCents }) => [
        format.second(orderedAtMs),
        id,
        channel ?? none,
        country ?? none,
        format.money(totalCents),
      ]),
    empty: 'no order yet',
  };
}

function pipelineBlock({ document: { health }, serverNowMs, format }: Watched): Block {
  return {
    title: 'Pipeline',
    aside: 'events/s · latency p99',
    rows: health
      .toSorted((a, b) => (a.job < b.job ? -1 : 1))
      .map((job) => [
        jobName(job.job),
        job.eventsPerSecond === undefined ? none : format.rate(job.eventsPerSecond),
        job.latencyMs === null ? none : format.duration(job.latencyMs.p99),
        jobTrouble(job, serverNowMs, format)?.label ?? '',
      ]),
    empty: 'no job has read anything yet',
  };
}
