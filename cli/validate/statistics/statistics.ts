import type { z } from 'zod';
import type { Settings } from '../../../shared/config/settings.ts';
import { funnelDataSchema } from '../../../shared/events/funnel.ts';
import { mostViewedDataSchema } from '../../../shared/events/most-viewed.ts';
import { productInterestDataSchema } from '../../../shared/events/product-interest.ts';
import { revenueDataSchema } from '../../../shared/events/revenue.ts';
import { salesPulseDataSchema } from '../../../shared/events/sales-pulse.ts';
import { topProductsDataSchema } from '../../../shared/events/top-products.ts';
import { type Figures, figuresOf, figuresOfAll } from './figures.ts';
import {
  funnelQueries,
  interestQueries,
  mostViewedQueries,
  revenueQueries,
  salesPulseQueries,
  topProductsQueries,
} from './statistics-sql.ts';
import type { Windows } from './windows-sql.ts';

/** How the results of a windowed job are held against the facts of the lake. */
export interface Statistic {
  /** Rows of SQL: `start_ms`, `part`, and numbers of that part of the window. */
  readonly queries: (windows: Windows, settings: Settings) => readonly string[];
  /** The same numbers as the job has told them. */
  readonly told: (data: unknown, places: number) => Figures;
}

/** By type of insight. What is a test's p-value or a percentage is not computed again. */
export const statistics: Readonly<Record<string, Statistic>> = {
  revenue: statistic(revenueDataSchema, revenueQueries, (data) => ({
    ...figuresOf('', {
      orders: data.orders,
      gross: data.grossCents,
      lines: data.lines,
      pieces: data.items,
      given_back: data.refundedCents,
      adjustments: data.adjustedLines,
    }),
    ...figuresOfAll(
      data.categories ?? [],
      ({ categoryId }) => `category ${categoryId ?? 'none'}`,
      (part) => ({ lines: part.lines, gross: part.grossCents, given_back: part.refundedCents }),
    ),
    ...figuresOfAll(
      data.methods ?? [],
      ({ method }) => `method ${method ?? 'none'}`,
      (part) => ({
        payments: part.payments,
        paid: part.paidCents,
        declined: part.declinedPayments,
        given_back: part.refundedCents,
      }),
    ),
  })),
  'top-products': statistic(topProductsDataSchema, topProductsQueries, (data, places) => ({
    ...figuresOf('', {
      lines: data.lines,
      pieces: data.quantity,
      revenue: data.revenueCents,
      products: data.distinctProducts,
    }),
    ...figuresOfAll(
      data.byQuantity.slice(0, places),
      (_, index) => `place ${index + 1} by pieces`,
      ({ productId, quantity }) => ({ product: productId, pieces: quantity }),
    ),
    ...figuresOfAll(
      data.byRevenue.slice(0, places),
      (_, index) => `place ${index + 1} by revenue`,
      ({ productId, revenueCents }) => ({ product: productId, revenue: revenueCents }),
    ),
  })),
  'most-viewed': statistic(mostViewedDataSchema, mostViewedQueries, (data, places) => ({
    ...figuresOf('', { views: data.views, products: data.distinctProducts }),
    ...figuresOfAll(
      data.products.slice(0, places),
      (_, index) => `place ${index + 1}`,
      ({ productId, views }) => ({ product: productId, views }),
    ),
  })),
  'sales-pulse': statistic(salesPulseDataSchema, salesPulseQueries, (data) =>
    figuresOf('', {
      sales: data.sales,
      pieces: data.quantity,
      revenue: data.revenueCents,
      orders: data.orders,
      sellers: data.sellers,
      without_seller: data.linesWithoutSeller,
    }),
  ),
  'product-interest': statistic(productInterestDataSchema, interestQueries, (data, places) => ({
    ...figuresOf('', {
      views: data.views,
      carts: data.carts,
      purchases: data.purchases,
      revenue: data.revenueCents,
      products: data.distinctProducts,
    }),
    ...figuresOfAll(
      data.products.slice(0, places),
      (_, index) => `place ${index + 1}`,
      ({ productId, views, purchases }) => ({ product: productId, views, purchases }),
    ),
  })),
  funnel: statistic(funnelDataSchema, funnelQueries, ({ sessions, stages, ...others }) => ({
    ...figuresOf('', {
      sessions,
      views: stages[0]?.sessions,
      carts: stages[1]?.sessions,
      checkouts: stages[2]?.sessions,
      paid: stages[3]?.sessions,
      not_followed: others.notFollowed.sessions,
      not_followed_views: others.notFollowed.views,
      not_followed_carts: others.notFollowed.carts,
      not_linked: others.notLinked.visits,
      not_linked_checkouts: others.notLinked.checkouts,
      not_linked_paid: others.notLinked.paid,
    }),
  })),
};

function statistic<Data>(
  schema: z.ZodType<Data>,
  queries: Statistic['queries'],
  told: (data: Data, places: number) => Figures,
): Statistic {
  return { queries, told: (data, places) => told(schema.parse(data), places) };
}
