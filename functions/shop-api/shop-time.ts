import { z } from 'zod';
import type { Context } from '../../shared/api/endpoint.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import type { ShopTime } from '../../shared/shop/orders/book-adjustments.ts';

/** The lake files by day from here on. */
const beginMs = Date.UTC(2000, 0, 1);
const header = 'shop-time';

/** The header of writes that may tell of the past. */
export const shopTimeHeader = {
  [header]: z.iso
    .datetime({ offset: true, error: 'Must be an instant as in ISO 8601, with Z or an offset' })
    .optional()
    .meta({
      description:
        'When it happened, for an operator who tells of the past: jobs learn it from the lake, not as late news.',
    }),
};

/**
 * When a write happens in the shop.
 *
 * @param told the header `shop-time`, if it was sent.
 * @throws Refusal 403 for a caller who is no operator, 400 for a time to come or before the year 2000.
 */
export function shopTime(told: string | undefined, { event, caller }: Context): ShopTime {
  if (told === undefined) return { at: null, isBackfill: false };
  if (caller.role !== 'operator' && caller.role !== 'admin') {
    throw new Refusal(403, 'The token gives no right to this', {
      errors: [{ field: header, reason: 'Is for operators, who tell of the past' }],
    });
  }
  const atMs = Date.parse(told);
  if (atMs < beginMs) throw wrong('Must not be before the year 2000');
  if (atMs > event.requestContext.timeEpoch) throw wrong('Must not be in the future');
  return { at: new Date(atMs).toISOString(), isBackfill: true };
}

/** @throws Refusal 400 for a time before the order's own. */
export function refuseBefore(orderedAt: string, { at }: ShopTime): void {
  if (at !== null && at < orderedAt) throw wrong(`Must not be before the order: ${orderedAt}`);
}

function wrong(reason: string): Refusal {
  return new Refusal(400, 'The request has wrong parameters', {
    errors: [{ field: header, reason }],
  });
}
