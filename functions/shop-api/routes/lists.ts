import type { Endpoint } from '../../../shared/api/endpoint.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { itemEndpoint, listEndpoint } from '../list-endpoints.ts';
import { carts } from '../lists/carts.ts';
import { orderItems } from '../lists/order-items.ts';
import { orders } from '../lists/orders.ts';
import { payments } from '../lists/payments.ts';
import { shipments } from '../lists/shipments.ts';
import { cartSummary } from '../schemas/cart.ts';
import { orderSummary, payment } from '../schemas/order.ts';
import { orderItem } from '../schemas/order-item.ts';
import { shipment } from '../schemas/shipment.ts';

const access = ['shopper', 'analyst', 'operator'] as const;

const cartList = {
  list: carts,
  path: '/carts',
  tag: 'carts',
  access,
  item: cartSummary,
  many: 'Carts without their lines',
  one: 'cart',
} as const;

const orderList = {
  list: orders,
  path: '/orders',
  tag: 'orders',
  access,
  item: orderSummary,
  many: 'Orders without what belongs to them',
  one: 'order',
} as const;

const orderItemList = {
  list: orderItems,
  path: '/order_item',
  tag: 'orders',
  access,
  item: orderItem,
  many: 'Lines of orders as they were sold',
  one: 'order line',
} as const;

const paymentList = {
  list: payments,
  path: '/payment',
  tag: 'orders',
  access,
  item: payment,
  many: 'Payments, approved or not',
  one: 'payment',
} as const;

const shipmentList = {
  list: shipments,
  path: '/shipments',
  tag: 'orders',
  access,
  item: shipment,
  many: 'Shipments',
  one: 'shipment',
} as const;

/** What carts and orders are made of: a shopper sees its own, analysts and operators see all. */
export function listRoutes(database: Database): readonly Endpoint[] {
  return [
    // One cart and one order tell more than a row does: their own routes give them.
    listEndpoint(database, cartList),
    listEndpoint(database, orderList),
    listEndpoint(database, orderItemList),
    itemEndpoint(database, orderItemList),
    listEndpoint(database, paymentList),
    itemEndpoint(database, paymentList),
    listEndpoint(database, shipmentList),
    itemEndpoint(database, shipmentList),
  ];
}
