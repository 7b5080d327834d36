import { count, type Values } from '../../../../shared/stream/accumulator.ts';
import { distinct } from '../../../../shared/stream/accumulators/distinct.ts';
import type { Row } from '../../../fixtures/duckdb.ts';
import type { OrderChange } from '../../../fixtures/shop-log.ts';

/** From these cents on an order is of the next class: small, middle, large. */
const middleCents = 10_000;
const largeCents = 30_000;

function isSmall({ cents }: OrderChange): boolean {
  return cents < middleCents;
}

function isMiddle({ cents }: OrderChange): boolean {
  return cents >= middleCents && cents < largeCents;
}

function isLarge({ cents }: OrderChange): boolean {
  return cents >= largeCents;
}

/** Different customers, or other texts, exact for any number that the logs hold. */
function different(
  of: (change: OrderChange) => string,
  where: (change: OrderChange) => boolean = () => true,
) {
  return distinct<OrderChange>((change) => (where(change) ? of(change) : undefined), {
    exactMax: 10_000,
  });
}

const customer = (change: OrderChange): string => change.customer;
const order = (change: OrderChange): string => change.order;

/** How many changes there were, of which orders and by whom, also by the size of the order. */
export const orderStatistics = {
  changes: count<OrderChange>(),
  small: count(isSmall),
  middle: count(isMiddle),
  large: count(isLarge),
  customers: different(customer),
  customersSmall: different(customer, isSmall),
  customersMiddle: different(customer, isMiddle),
  customersLarge: different(customer, isLarge),
  orders: different(order),
  ordersSmall: different(order, isSmall),
};

/** The statistics as a row of numbers. */
export function statisticsRow(values: Values<typeof orderStatistics>): Row {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' ? value : value.estimate,
    ]),
  );
}
