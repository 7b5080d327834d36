import { refuseChanged } from '../../../shared/api/etag.ts';
import type { Caller } from '../../../shared/auth/token.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import type { ReviewState } from '../../../shared/shop/fraud-words.ts';
import { isNextShipmentStatus, type ShipmentStatus } from '../../../shared/shop/order-life.ts';
import type { ShopTime } from '../../../shared/shop/orders/book-adjustments.ts';
import type { Database } from '../../../shared/sql/database.ts';
import type { Queries } from '../../../shared/sql/query.ts';
import { readItem } from '../list.ts';
import { shipments } from '../lists/shipments.ts';
import { insertShipment, moveShipment, readPayment } from '../queries/order-life.ts';
import { lockedOrder, refuseOtherThan } from './locked-order.ts';

interface NewShipment {
  readonly orderId: number;
  readonly caller: Caller;
  readonly time: ShopTime;
  readonly carrier: string;
}

interface Move {
  readonly shipmentId: number;
  readonly caller: Caller;
  readonly time: ShopTime;
  readonly status: ShipmentStatus;
  /** What the caller has seen of it, if it matters. */
  readonly ifMatch?: string | undefined;
}

/**
 * Begins to prepare the shipment of a paid order.
 *
 * @throws Refusal 404 for an unknown order, 409 for one that is not paid, was refunded, has a
 *   shipment, or is not found legitimate after it was held for a review.
 */
export async function ship(database: Database, { orderId, caller, time, carrier }: NewShipment) {
  return database.transaction(async (queries) => {
    const order = await lockedOrder(queries, orderId, caller, time);
    const title = 'The order is not waiting for a shipment';
    refuseOtherThan(['paid'], order, title);
    refuseInReview(order.review, title);
    if (order.shipmentId !== null) {
      throw new Refusal(409, title, { detail: `It has shipment ${order.shipmentId}.` });
    }
    await refuseRefunded(queries, orderId, title);
    const made = await queries.row(insertShipment, [orderId, carrier, time.isBackfill]);
    const shipment = made && (await readItem(queries, shipments, made.id));
    if (shipment === undefined) throw new Error(`Cannot ship order ${orderId}: no row`);
    return shipment;
  });
}

/**
 * Moves a shipment on, and its order with it; a shipment that stands there already stays.
 *
 * @throws Refusal 404 for an unknown shipment, 409 for a step that does not follow or goods that were
 *   paid back, 412 for a shipment that has changed.
 */
export async function moveOn(
  database: Database,
  { shipmentId, caller, time, status, ifMatch }: Move,
) {
  return database.transaction(async (queries) => {
    const seen = await readItem(queries, shipments, shipmentId);
    if (seen === undefined) throw new Refusal(404, 'No such shipment');
    await lockedOrder(queries, seen.orderId, caller, time);
    // Read again: whoever had the order locked may have moved it.
    const now = await readItem(queries, shipments, shipmentId);
    if (now === undefined) throw new Refusal(404, 'No such shipment');
    refuseChanged(ifMatch, now);
    if (now.status === status) return now;
    const title = 'The shipment cannot be moved on like this';
    if (!isNextShipmentStatus(now.status, status)) {
      throw new Refusal(409, title, { detail: `It is ${now.status}.` });
    }
    // The money may have gone back while the shipment was being prepared.
    if (status === 'shipped') await refuseRefunded(queries, now.orderId, title);
    await queries.rows(moveShipment, [shipmentId, status, time.at]);
    const moved = await readItem(queries, shipments, shipmentId);
    if (moved === undefined) throw new Error(`Cannot move shipment ${shipmentId}: no row`);
    return moved;
  });
}

function refuseInReview(review: ReviewState | null, title: string): void {
  if (review === null || review === 'legitimate') return;
  const detail = review === 'open' ? 'It waits for a review.' : 'It was found to be fraud.';
  throw new Refusal(409, title, { detail });
}

/** The order is locked: nothing is given back meanwhile. */
async function refuseRefunded(queries: Queries, orderId: number, title: string): Promise<void> {
  const payment = await queries.row(readPayment, [orderId]);
  if (payment?.status === 'refunded') {
    throw new Refusal(409, title, { detail: 'It was refunded.' });
  }
}
