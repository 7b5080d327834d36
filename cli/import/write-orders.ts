import type { SqlConnection } from '../../shared/shop/sql-connection.ts';
import type { FileOrder, SaleLine } from './group-orders.ts';
import { LineFault } from './line-fault.ts';
import { type Placement, placeOrders } from './place-orders.ts';
import { type PlannedOrder, planOrder } from './plan-order.ts';
import { shopCustomers } from './shop-customers.ts';
import { type ShopProduct, shopProducts } from './shop-products.ts';

/** What has been written. */
export interface OrderCounts {
  readonly orders: number;
  readonly items: number;
  readonly adjustments: number;
  readonly grossCents: number;
  readonly givenBackCents: number;
  /** Orders that had been written before. */
  readonly known: number;
  readonly productsMade: number;
  readonly customersMade: number;
  /** Breaches of a rule, by field. */
  readonly findings: Readonly<Record<string, number>>;
}

export interface OrderWriterOptions extends Placement {
  /** Name of the data set. */
  readonly source: string;
  /** Told of orders that no column can hold. */
  refuse(order: FileOrder, fault: LineFault): void;
}

export interface OrderWriter {
  /** Writes orders that are not there yet, with all that they need. */
  write(orders: readonly FileOrder[]): Promise<void>;
  counts(): OrderCounts;
}

/** @param db as the owner of the shop's tables. */
export function orderWriter(db: SqlConnection, options: OrderWriterOptions): OrderWriter {
  const products = shopProducts(db);
  const customers = shopCustomers(db, options.source);
  const findings = new Map<string, number>();
  const sums = { orders: 0, items: 0, adjustments: 0, grossCents: 0, givenBackCents: 0, known: 0 };

  function plan(order: FileOrder, known: ReadonlyMap<string, ShopProduct>): PlannedOrder[] {
    try {
      const lines = order.lines.map((line) => priced(line, known.get(line.product.sku)));
      return [planOrder({ ...order, lines })];
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      options.refuse(order, error);
      return [];
    }
  }

  function count(order: PlannedOrder): void {
    sums.orders += 1;
    sums.items += order.items.length;
    sums.adjustments += order.givenBack.length;
    sums.grossCents += order.totalCents;
    for (const { cents } of order.givenBack) sums.givenBackCents += cents;
    for (const { field } of order.findings) findings.set(field, (findings.get(field) ?? 0) + 1);
  }

  return {
    async write(orders) {
      const bySku = await products.of(orders.flatMap(({ lines }) => lines));
      const plans = orders.flatMap((order) => plan(order, bySku));
      if (plans.length === 0) return;
      const byEmail = await customers.of(plans);
      const placed = plans.map((order) => ({
        ...{ order, products: bySku, customerId: byEmail.get(customers.email(order)) },
      }));
      const written = await placeOrders(db, placed, options);
      for (const order of written) count(order);
      sums.known += plans.length - written.length;
    },
    counts: () => ({
      ...sums,
      ...{ productsMade: products.made(), customersMade: customers.made() },
      findings: Object.fromEntries(findings),
    }),
  };
}

/** What the file does not price is worth what the shop asks for it. */
function priced(line: SaleLine, product: ShopProduct | undefined): SaleLine {
  if (line.priceCents !== undefined || !product || product.priceCents === 0) return line;
  const changed = { ...line.changed, unitPrice: 'Is missing: the price of the shop is taken' };
  return { ...line, priceCents: product.priceCents, changed };
}
