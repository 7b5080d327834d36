/** Limits of a sale. */
export const saleLimits = {
  valueCentsMin: 1,
  valueCentsMax: 5_000_000,
  quantityMax: 1_000,
  installmentsMax: 12,
} as const;

/** A line of a sale with what decides whether it can be sold. */
export interface SaleLine {
  readonly productId: number;
  readonly quantity: number;
  readonly unitPriceCents: number;
  /** Pieces that are there. */
  readonly stock: number;
  readonly isActive: boolean;
}

interface RuleBreach {
  /** Dotted path: `items.0.quantity`, `total`. */
  readonly field: string;
  readonly reason: string;
}

/** Every rule that a sale breaks; none when it may be made. Lines are named by their place. */
export function brokenSaleRules(lines: readonly SaleLine[]): readonly RuleBreach[] {
  if (lines.length === 0) return [{ field: 'items', reason: 'Must not be empty' }];
  const { quantityMax, valueCentsMin, valueCentsMax } = saleLimits;
  const breaches: RuleBreach[] = [];
  for (const [place, line] of lines.entries()) {
    const quantity = `items.${place}.quantity`;
    if (!Number.isInteger(line.quantity) || line.quantity < 1 || line.quantity > quantityMax) {
      const reason = `Must be from 1 to ${quantityMax}: received ${line.quantity}`;
      breaches.push({ field: quantity, reason });
    }
    if (!line.isActive) {
      const reason = `Product ${line.productId} is no longer sold`;
      breaches.push({ field: `items.${place}.productId`, reason });
    } else if (line.quantity > line.stock) {
      const reason = `Product ${line.productId} has ${line.stock} left: received ${line.quantity}`;
      breaches.push({ field: quantity, reason });
    }
  }
  const totalCents = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0);
  if (totalCents < valueCentsMin || totalCents > valueCentsMax) {
    const [low, high, total] = [valueCentsMin, valueCentsMax, totalCents].map(decimal);
    breaches.push({ field: 'total', reason: `Must be from ${low} to ${high}: received ${total}` });
  }
  return breaches;
}

function decimal(cents: number): string {
  return (cents / 100).toFixed(2);
}
