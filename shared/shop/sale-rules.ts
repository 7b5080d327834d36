import { paymentMethods } from './payment-methods.ts';

/** Limits of a sale. */
export const saleLimits = {
  valueCentsMin: 1,
  valueCentsMax: 5_000_000,
  quantityMax: 1_000,
  installmentsMax: 12,
} as const;

interface PricedLine {
  readonly quantity: number;
  readonly unitPriceCents: number;
}

/** A line of a sale with what decides whether it can be sold. */
export interface SaleLine extends PricedLine {
  readonly productId: number;
  /** Pieces that are there. */
  readonly stock: number;
  readonly isActive: boolean;
}

/** A sale as a record of the past tells it; nothing of it is certain. */
export interface ToldSale {
  readonly lines: readonly PricedLine[];
  /** Whether the record says who bought. */
  readonly hasCustomer: boolean;
  /** How it was paid, where the record says so. */
  readonly method?: string | undefined;
  readonly installments?: number | undefined;
}

/** A rule of a sale that is broken. */
export interface RuleBreach {
  /** Dotted path: `items.0.quantity`, `total`. */
  readonly field: string;
  readonly reason: string;
}

/** Every rule that a sale breaks; none when it may be made. Lines are named by their place. */
export function brokenSaleRules(lines: readonly SaleLine[]): readonly RuleBreach[] {
  if (lines.length === 0) return [noLines];
  return [...lines.flatMap(brokenLineRules), ...brokenValueRule(lines)];
}

/**
 * Every rule that a sale of the past breaks, for who keeps it all the same: what stock and catalogue
 * say today decides nothing, but a line without a price and a sale without a buyer are told.
 */
export function flaggedSaleRules({ lines, ...sale }: ToldSale): readonly RuleBreach[] {
  const breaches: RuleBreach[] = sale.hasCustomer
    ? []
    : [{ field: 'customerId', reason: 'Must be given' }];
  if (lines.length === 0) breaches.push(noLines);
  for (const [place, line] of lines.entries()) {
    breaches.push(...brokenQuantityRule(line, place));
    if (!(line.unitPriceCents >= saleLimits.valueCentsMin)) {
      const reason = `Must be at least ${decimal(saleLimits.valueCentsMin)}: received ${decimal(line.unitPriceCents)}`;
      breaches.push({ field: `items.${place}.unitPrice`, reason });
    }
  }
  if (lines.length > 0) breaches.push(...brokenValueRule(lines));
  const { method, installments } = sale;
  if (method !== undefined && !paymentMethods.some((known) => known === method)) {
    const reason = `Must be one of ${paymentMethods.join(', ')}: received ${method}`;
    breaches.push({ field: 'method', reason });
  }
  if (installments !== undefined && !isFrom1To(saleLimits.installmentsMax, installments)) {
    const reason = `Must be from 1 to ${saleLimits.installmentsMax}: received ${installments}`;
    breaches.push({ field: 'installments', reason });
  }
  return breaches;
}

const noLines: RuleBreach = { field: 'items', reason: 'Must not be empty' };

function brokenLineRules(line: SaleLine, place: number): RuleBreach[] {
  const breaches = brokenQuantityRule(line, place);
  if (!line.isActive) {
    const reason = `Product ${line.productId} is no longer sold`;
    breaches.push({ field: `items.${place}.productId`, reason });
  } else if (line.quantity > line.stock) {
    const reason = `Product ${line.productId} has ${line.stock} left: received ${line.quantity}`;
    breaches.push({ field: `items.${place}.quantity`, reason });
  }
  return breaches;
}

function brokenQuantityRule({ quantity }: PricedLine, place: number): RuleBreach[] {
  if (isFrom1To(saleLimits.quantityMax, quantity)) return [];
  const reason = `Must be from 1 to ${saleLimits.quantityMax}: received ${quantity}`;
  return [{ field: `items.${place}.quantity`, reason }];
}

function brokenValueRule(lines: readonly PricedLine[]): RuleBreach[] {
  const { valueCentsMin, valueCentsMax } = saleLimits;
  const totalCents = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0);
  if (totalCents >= valueCentsMin && totalCents <= valueCentsMax) return [];
  const [low, high, total] = [valueCentsMin, valueCentsMax, totalCents].map(decimal);
  return [{ field: 'total', reason: `Must be from ${low} to ${high}: received ${total}` }];
}

function isFrom1To(max: number, value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max;
}

function decimal(cents: number): string {
  return (cents / 100).toFixed(2);
}
