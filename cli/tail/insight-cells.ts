import type { z } from 'zod';
import { entityKey } from '../../shared/alerts/entity.ts';
import { abandonedCartDataSchema } from '../../shared/events/abandoned-cart.ts';
import { alertDataSchema } from '../../shared/events/alert.ts';
import { funnelDataSchema } from '../../shared/events/funnel.ts';
import { mostViewedDataSchema } from '../../shared/events/most-viewed.ts';
import { productInterestDataSchema } from '../../shared/events/product-interest.ts';
import { revenueDataSchema } from '../../shared/events/revenue.ts';
import { salesPulseDataSchema } from '../../shared/events/sales-pulse.ts';
import { sessionDataSchema } from '../../shared/events/session.ts';
import { topProductsDataSchema } from '../../shared/events/top-products.ts';

/** Names and values, in this order. */
type Cells = readonly (readonly [name: string, value: string])[];

const jsonShown = 120;
const topShown = 5;

/** What people look for in the data of each type of insight. */
const cellsOf: Readonly<Record<string, (data: unknown) => Cells | undefined>> = {
  revenue: cells(revenueDataSchema, (revenue) => [
    ['orders', String(revenue.orders)],
    ['items', String(revenue.items)],
    ['gross', money(revenue.grossCents)],
    ['refunded', money(revenue.refundedCents)],
    ['net', money(revenue.netCents)],
  ]),
  'most-viewed': cells(mostViewedDataSchema, ({ views, distinctProducts, products }) => [
    ['views', String(views)],
    ['products', String(distinctProducts)],
    ['top', top(products.map((product) => `${product.productId}×${product.views}`))],
  ]),
  'top-products': cells(topProductsDataSchema, ({ lines, byQuantity, trending }) => [
    ['lines', String(lines)],
    ['top', top(byQuantity.map(({ productId, quantity }) => `${productId}×${quantity}`))],
    ['rising', top(trending.map(({ productId }) => String(productId)))],
  ]),
  'sales-pulse': cells(salesPulseDataSchema, ({ sales, revenueCents, sellers, insight }) => [
    ['sales', String(sales)],
    ['revenue', money(revenueCents)],
    ['sellers', String(sellers)],
    ['insight', insight],
  ]),
  'product-interest': cells(productInterestDataSchema, (interest) => [
    ['views', String(interest.views)],
    ['purchases', String(interest.purchases)],
    ['candidates', String(interest.candidates)],
    ['top', top(interest.products.map(({ productId, views }) => `${productId}×${views}`))],
  ]),
  funnel: cells(funnelDataSchema, ({ sessions, stages }) => [
    ['sessions', String(sessions)],
    ...stages.map((stage) => [stage.stage, String(stage.sessions)] as const),
  ]),
  session: cells(sessionDataSchema, ({ visitorKind, events, reached, paidCents }) => [
    ['visitor', visitorKind],
    ['events', String(events)],
    ['reached', reached ?? '-'],
    ['paid', money(paidCents)],
  ]),
  'abandoned-cart': cells(abandonedCartDataSchema, ({ productsLeft, products }) => [
    ['left', String(productsLeft)],
    ['products', top(products.map(({ productId }) => String(productId)))],
  ]),
  alert: cells(alertDataSchema, (alert) => [
    ['severity', alert.severity],
    ['about', entityKey(alert)],
    ...(alert.orderId === undefined ? [] : [['order', alert.orderId] as const]),
    ...(alert.customerId === undefined ? [] : [['customer', alert.customerId] as const]),
    ...(alert.totalCents === undefined ? [] : [['total', money(alert.totalCents)] as const]),
    ['title', alert.title],
  ]),
};

/** A type that is not known here, or other data than its schema has, shows its data as it is. */
export function insightCells(type: string, data: unknown): Cells {
  const known = Object.hasOwn(cellsOf, type) ? cellsOf[type]?.(data) : undefined;
  return known ?? [['data', JSON.stringify(data)?.slice(0, jsonShown) ?? '-']];
}

function cells<Schema extends z.ZodType>(
  schema: Schema,
  read: (data: z.output<Schema>) => Cells,
): (data: unknown) => Cells | undefined {
  return (data) => {
    const parsed = schema.safeParse(data);
    return parsed.success ? read(parsed.data) : undefined;
  };
}

function top(items: readonly string[]): string {
  return items.slice(0, topShown).join(' ') || '-';
}

function money(cents: number): string {
  return (cents / 100).toFixed(2);
}
