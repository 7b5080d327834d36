import { z } from 'zod';
import type { StreamRecord } from '../stream/record.ts';
import type { Decoded, Source } from '../stream/source.ts';
import { toCents } from './cents.ts';
import { decodeChange } from './decode-change.ts';
import type { RowChange } from './row-change.ts';

/** What the jobs see of the shop: facts that stand for themselves and never change. */
export interface ShopFacts {
  readonly order: {
    readonly kind: 'order';
    readonly orderId: string;
    readonly customerId: string;
    readonly totalCents: number;
    readonly orderedAtMs: number;
    readonly channel: string | null;
    readonly country: string | null;
    /** When it was committed; undefined only where the capture does not tell. */
    readonly committedAtMs: number | undefined;
  };
  readonly orderItem: {
    readonly kind: 'orderItem';
    readonly orderId: string;
    readonly productId: string;
    readonly quantity: number;
    readonly unitPriceCents: number;
    readonly orderedAtMs: number;
  };
  /** A refund, cancellation or expiry, at its own time. */
  readonly adjustment: {
    readonly kind: 'adjustment';
    readonly orderId: string;
    readonly amountCents: number;
    readonly occurredAtMs: number;
  };
}

type FactKind = keyof ShopFacts;

// What the columns can hold, and nothing larger: a fact becomes a key, an alert, a line of a page.
const idLengthMax = 64;
const textLengthMax = 64;
/** `numeric(12, 2)`: windows of thousands of the largest orders still add up exactly. */
const amountCentsMax = 1e12;

const id = z
  .union([z.number().int(), z.string().min(1).max(idLengthMax)])
  .transform((value) => String(value));
const text = z.string().max(textLengthMax).nullable();
const money = z
  .union([z.number(), z.string()])
  .transform((value, context) => {
    try {
      return toCents(value);
    } catch (error) {
      context.addIssue(error instanceof Error ? error.message : 'not money');
      return z.NEVER;
    }
  })
  .pipe(z.number().min(0).lt(amountCentsMax));
const time = z.iso.datetime().transform((value) => Date.parse(value));

const decoders = {
  orders: (change: RowChange): ShopFacts['order'] => {
    const row = z
      .object({
        id,
        customer_id: id,
        total: money,
        ordered_at: time,
        channel: text.optional(),
        shipping_country: text.optional(),
      })
      .parse(change.row);
    return {
      kind: 'order',
      orderId: row.id,
      customerId: row.customer_id,
      totalCents: row.total,
      orderedAtMs: row.ordered_at,
      channel: row.channel ?? null,
      country: row.shipping_country ?? null,
      committedAtMs: change.commitTimeMs,
    };
  },
  order_items: (change: RowChange): ShopFacts['orderItem'] => {
    const row = z
      .object({
        order_id: id,
        product_id: id,
        quantity: z.number().int().min(1),
        unit_price: money,
        ordered_at: time,
      })
      .parse(change.row);
    return {
      kind: 'orderItem',
      orderId: row.order_id,
      productId: row.product_id,
      quantity: row.quantity,
      unitPriceCents: row.unit_price,
      orderedAtMs: row.ordered_at,
    };
  },
  order_adjustments: (change: RowChange): ShopFacts['adjustment'] => {
    const row = z.object({ order_id: id, amount: money, occurred_at: time }).parse(change.row);
    return {
      kind: 'adjustment',
      orderId: row.order_id,
      amountCents: row.amount,
      occurredAtMs: row.occurred_at,
    };
  },
};

const tables = {
  order: 'orders',
  orderItem: 'order_items',
  adjustment: 'order_adjustments',
} as const satisfies Record<FactKind, keyof typeof decoders>;

/**
 * The change stream as a source of facts of these kinds. Facts are inserted once and never change,
 * so only inserts are events; rows of a full load were there before the capture and are no news.
 *
 * @param tickSettleMs within this time the capture has finished its retries.
 */
export function shopFacts<Kind extends FactKind>(
  kinds: readonly Kind[],
  tickSettleMs: number,
): Source<ShopFacts[Kind]> {
  // Each decoder of `tables` gives the fact of its own kind, which the compiler cannot follow.
  const byTable = new Map(
    kinds.map((kind) => [
      tables[kind] as string,
      decoders[tables[kind]] as (change: RowChange) => ShopFacts[Kind],
    ]),
  );
  return {
    stream: 'shop-changes',
    tickSettleMs,
    decode: ({ data }: StreamRecord): Decoded<ShopFacts[Kind]> => {
      const decoded = decodeChange(data);
      if (decoded.kind !== 'change') return decoded;
      const { change } = decoded;
      const decode = byTable.get(change.table);
      if (!decode || change.operation !== 'insert') return { kind: 'ignored' };
      if (change.key.length > idLengthMax) {
        const reason = `${change.table}: primary key is longer than ${idLengthMax} characters`;
        return { kind: 'undecodable', reason };
      }
      try {
        const event = decode(change);
        return { kind: 'event', event, id: change.eventId, committedAtMs: change.commitTimeMs };
      } catch (error) {
        return { kind: 'undecodable', reason: `${change.table} ${change.key}: ${reasonOf(error)}` };
      }
    },
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}
