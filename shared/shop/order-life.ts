/** Where an order can stand; names as in the column `orders.status`. */
export const orderStatuses = [
  'pending',
  'paid',
  'shipped',
  'delivered',
  'completed',
  'cancelled',
  'expired',
] as const;

/** Where a payment can stand; `refunded` when all of it was given back. */
export const paymentStatuses = ['pending', 'approved', 'declined', 'refunded'] as const;

/** Where a shipment can stand; `cancelled` with its order, before it was sent. */
export const shipmentStatuses = [
  'preparing',
  'shipped',
  'delivered',
  'returned',
  'cancelled',
] as const;

/** What takes money back out of the revenue. */
export const adjustmentKinds = ['refund', 'cancellation', 'expiry'] as const;

export type OrderStatus = (typeof orderStatuses)[number];
export type PaymentStatus = (typeof paymentStatuses)[number];
export type ShipmentStatus = (typeof shipmentStatuses)[number];
export type AdjustmentKind = (typeof adjustmentKinds)[number];

const shipmentSteps: Readonly<Record<ShipmentStatus, readonly ShipmentStatus[]>> = {
  preparing: ['shipped'],
  // What nobody takes in comes back without having been delivered.
  shipped: ['delivered', 'returned'],
  delivered: ['returned'],
  returned: [],
  cancelled: [],
};

/** Whether a shipment that stands at `from` can stand at `to` next. */
export function isNextShipmentStatus(from: ShipmentStatus, to: ShipmentStatus): boolean {
  return shipmentSteps[from].includes(to);
}
