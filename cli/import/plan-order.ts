import { flaggedSaleRules } from '../../shared/shop/sale-rules.ts';
import { countryCode, unknownCountry } from './country-code.ts';
import { decimal } from './decimal.ts';
import type { FileOrder, SaleLine } from './group-orders.ts';
import { LineFault } from './line-fault.ts';

/** A line as the shop writes it; for what is given back, the amount. */
export interface PlannedLine {
  readonly line: number;
  readonly sku: string;
  readonly atMs: number;
  readonly quantity: number;
  readonly cents: number;
}

interface GivenBack extends PlannedLine {
  readonly kind: 'cancellation' | 'refund';
}

/** A rule that imported history breaks, or what had to be changed to keep it. */
export interface Finding {
  readonly line: number;
  readonly field: string;
  readonly reason: string;
}

/** An order as the shop writes it. */
export interface PlannedOrder {
  readonly reference: string;
  readonly customer: string | undefined;
  readonly country: string;
  readonly channel: string;
  readonly orderedAtMs: number;
  readonly totalCents: number;
  readonly status: 'completed' | 'cancelled';
  readonly items: readonly PlannedLine[];
  readonly givenBack: readonly GivenBack[];
  readonly findings: readonly Finding[];
}

/** What `numeric(12, 2)` holds. */
const centsMax = 999_999_999_999;

/**
 * What the shop writes for an order of a file. Every line becomes an item or an adjustment, and what
 * the items are worth less what is given back is what the lines were worth.
 *
 * @throws LineFault for an order too large for the shop's columns.
 */
export function planOrder({ reference, lines }: FileOrder): PlannedOrder {
  const [first, ...rest] = lines;
  if (first === undefined)
    throw new RangeError(`Cannot plan order: it is empty: received ${reference}`);
  const sold = lines.filter((line) => isSold(line));
  const isOnlyGivenBack = sold.length === 0;
  const items = sold.map((line) => planned(line, Math.abs(priceOf(line))));
  const givenBack = lines
    .filter((line) => !isSold(line))
    .map((line): GivenBack => {
      const kind =
        priceOf(line) >= 0 && (line.isCancellation || isOnlyGivenBack) ? 'cancellation' : 'refund';
      return { ...planned(line, Math.abs(line.quantity * priceOf(line))), kind };
    });
  const totalCents = items.reduce((sum, { quantity, cents }) => sum + quantity * cents, 0);
  const largest = givenBack.reduce((most, { cents }) => Math.max(most, cents), totalCents);
  if (largest > centsMax) {
    throw new LineFault(
      'total',
      `Is more than an order can be worth: received ${decimal(largest)}`,
    );
  }
  return {
    reference,
    customer: lines.find(({ customer }) => customer !== undefined)?.customer,
    country: countryCode(first.country ?? '') ?? unknownCountry,
    channel: first.channel,
    orderedAtMs: rest.reduce((earliest, { atMs }) => Math.min(earliest, atMs), first.atMs),
    totalCents,
    status: isOnlyGivenBack ? 'cancelled' : 'completed',
    items,
    givenBack,
    findings: findingsOf(lines, first),
  };
}

function priceOf({ priceCents }: SaleLine): number {
  return priceCents ?? 0;
}

/** Pieces taken back at a price below zero are worth something: then both signs are at fault. */
function isSold(line: SaleLine): boolean {
  return line.quantity * priceOf(line) > 0 || (line.quantity > 0 && priceOf(line) === 0);
}

function planned({ line, product, atMs, quantity }: SaleLine, cents: number): PlannedLine {
  return { line, sku: product.sku, atMs, quantity: Math.abs(quantity), cents };
}

/** Rules of a sale that the order breaks, what of it is not known, and what was changed. */
function findingsOf(lines: readonly SaleLine[], first: SaleLine): readonly Finding[] {
  const customers = new Set(lines.flatMap(({ customer }) => customer ?? []));
  const flagged = flaggedSaleRules({
    // A cancellation counts backwards; elsewhere a sign tells of something that is no sale.
    lines: lines.map((line) => ({
      quantity: line.isCancellation ? Math.abs(line.quantity) : line.quantity,
      unitPriceCents: priceOf(line),
    })),
    hasCustomer: customers.size > 0,
  });
  const found = new Map<string, Finding>();
  const add = (line: number, field: string, reason: string): void => {
    const before = found.get(`${line} ${field}`);
    const reasons = before === undefined ? reason : `${before.reason}; ${reason}`;
    found.set(`${line} ${field}`, { line, field, reason: reasons });
  };
  for (const { field, reason } of flagged) {
    const [, place, ofLine] = /^items\.(\d+)\.(.+)$/.exec(field) ?? [];
    add((lines[Number(place)] ?? first).line, ofLine ?? field, reason);
  }
  if (customers.size > 1) {
    add(first.line, 'customerId', `The lines name ${customers.size}: the first is taken`);
  }
  if (first.country !== undefined && countryCode(first.country) === undefined) {
    add(first.line, 'country', `Is none that is known: received "${first.country}"`);
  }
  for (const { line, changed } of lines) {
    for (const [field, reason] of Object.entries(changed)) add(line, field, reason);
  }
  return [...found.values()];
}
