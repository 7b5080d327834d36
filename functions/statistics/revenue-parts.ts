import type { RevenueOfCategory, RevenueOfMethod } from '../../shared/events/revenue.ts';
import { paymentMethods } from '../../shared/shop/payment-methods.ts';

/** What is added up under one key, which is a category, a `|` and a payment method. */
interface Part {
  readonly orders: number;
  readonly grossCents: number;
  readonly lines: number;
  readonly items: number;
  readonly linesCents: number;
  readonly adjustedLines: number;
  readonly returnedItems: number;
  readonly refundedCents: number;
  readonly payments: number;
  readonly paidCents: number;
  readonly declinedPayments: number;
}

const nothing: Part = {
  orders: 0,
  grossCents: 0,
  lines: 0,
  items: 0,
  linesCents: 0,
  adjustedLines: 0,
  returnedItems: 0,
  refundedCents: 0,
  payments: 0,
  paidCents: 0,
  declinedPayments: 0,
};
const fields = Object.keys(nothing) as readonly (keyof Part)[];

/** The sum of some parts. */
export function addUp(parts: Iterable<Part>): Part {
  const sum: Record<keyof Part, number> = { ...nothing };
  for (const part of parts) for (const field of fields) sum[field] += part[field];
  return sum;
}

/** What was sold and given back of each category that there is anything of. */
export function byCategory(parts: ReadonlyMap<string, Part>): RevenueOfCategory[] {
  return summedBy(parts, 0)
    .filter(([, part]) => part.lines + part.adjustedLines > 0)
    .map(([id, { lines, items, linesCents, returnedItems, refundedCents }]) => ({
      categoryId: id === '' ? null : Number(id),
      ...{ lines, items, grossCents: linesCents, returnedItems, refundedCents },
      netCents: linesCents - refundedCents,
    }))
    .sort(
      (a, b) =>
        b.grossCents - a.grossCents ||
        (a.categoryId ?? Number.POSITIVE_INFINITY) - (b.categoryId ?? Number.POSITIVE_INFINITY),
    );
}

/** What was paid and given back by each payment method that there is anything of. */
export function byMethod(parts: ReadonlyMap<string, Part>): RevenueOfMethod[] {
  return summedBy(parts, 1)
    .filter(([, part]) => part.payments + part.declinedPayments + part.adjustedLines > 0)
    .map(([name, { payments, paidCents, declinedPayments, refundedCents }]) => ({
      method: paymentMethods.find((method) => method === name) ?? null,
      ...{ payments, paidCents, declinedPayments, refundedCents },
    }))
    .sort((a, b) => b.paidCents - a.paidCents || rankOf(a.method) - rankOf(b.method));
}

const alphabetical = paymentMethods.toSorted();

function rankOf(method: RevenueOfMethod['method']): number {
  return method === null ? paymentMethods.length : alphabetical.indexOf(method);
}

/** Parts with the same word in this place of their keys, added up. */
function summedBy(parts: ReadonlyMap<string, Part>, place: 0 | 1): [string, Part][] {
  const byWord = Map.groupBy(parts, ([key]) => key.split('|')[place] ?? '');
  return [...byWord].map(([word, group]) => [word, addUp(group.map(([, part]) => part))]);
}
