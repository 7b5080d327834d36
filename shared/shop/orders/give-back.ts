import type { RuleBreach } from '../sale-rules.ts';

/** A line of an order, with what was given back of it before. */
export interface SoldLine {
  readonly orderItemId: number;
  readonly quantity: number;
  readonly unitPriceCents: number;
  readonly givenQuantity: number;
  readonly givenCents: number;
}

/** What is given back: of a line, or without one an amount of the whole order. */
export interface GivenBack {
  readonly orderItemId?: number;
  /** Absent where money goes back for pieces that were given back before. */
  readonly quantity?: number;
  readonly amountCents: number;
}

/** What someone wants given back; without lines and amount, everything that is left. */
interface WantedBack {
  readonly lines?: readonly { readonly orderItemId: number; readonly quantity: number }[];
  /** Without it, the lines' prices as sold. */
  readonly amountCents?: number;
}

/**
 * Everything that is left of an order, line by line. The amounts add up to `leftCents`: where amounts
 * of the whole order went back before, the last lines get less than their price.
 *
 * @param leftCents the order's total less all that was given back.
 */
export function giveBackAll(lines: readonly SoldLine[], leftCents: number): readonly GivenBack[] {
  const given: GivenBack[] = [];
  let restCents = leftCents;
  for (const line of lines) {
    const quantity = line.quantity - line.givenQuantity;
    const lineCents = line.quantity * line.unitPriceCents - line.givenCents;
    const amountCents = Math.max(0, Math.min(lineCents, restCents));
    restCents -= amountCents;
    if (quantity === 0 && amountCents === 0) continue;
    const { orderItemId } = line;
    given.push({ orderItemId, ...(quantity > 0 && { quantity }), amountCents });
  }
  // An order of the past may have a total beside its lines.
  if (restCents > 0) given.push({ amountCents: restCents });
  return given;
}

/**
 * What a refund gives back: of lines at their prices as sold or at the amount that is named, which
 * the lines share by their value; or an amount of the whole order.
 *
 * @param leftCents what was paid less all that was given back.
 * @returns what is given back, or every rule that the refund breaks.
 */
export function giveBackSome(
  wanted: WantedBack,
  sold: readonly SoldLine[],
  leftCents: number,
): { readonly given: readonly GivenBack[]; readonly breaches: readonly RuleBreach[] } {
  const given = givenBack(wanted, sold, leftCents);
  const breaches = brokenLineRules(wanted.lines ?? [], sold);
  const totalCents = given.reduce((sum, { amountCents }) => sum + amountCents, 0);
  const field = wanted.amountCents === undefined ? 'lines' : 'amount';
  const { lines, amountCents = 0 } = wanted;
  if (lines && breaches.length === 0 && amountCents > worthOf(lines, sold)) {
    const reason = `Must be at most what the lines cost, ${decimal(worthOf(lines, sold))}: received ${decimal(amountCents)}`;
    breaches.push({ field, reason });
  } else if (totalCents > leftCents) {
    const reason = `Must be at most what is left of the payment, ${decimal(leftCents)}: received ${decimal(totalCents)}`;
    breaches.push({ field, reason });
  } else if (breaches.length === 0 && given.length === 0) {
    breaches.push({ field, reason: 'Nothing is left to give back' });
  }
  return breaches.length === 0 ? { given, breaches } : { given: [], breaches };
}

type WantedLines = NonNullable<WantedBack['lines']>;

function givenBack(
  { lines, amountCents }: WantedBack,
  sold: readonly SoldLine[],
  leftCents: number,
): readonly GivenBack[] {
  if (lines === undefined) {
    return amountCents === undefined ? giveBackAll(sold, leftCents) : [{ amountCents }];
  }
  const values = lines.map((line) => worthOf([line], sold));
  const shares = amountCents === undefined ? values : shared(amountCents, values);
  return lines.map((line, index) => ({ ...line, amountCents: shares[index] ?? 0 }));
}

function brokenLineRules(lines: WantedLines, sold: readonly SoldLine[]): RuleBreach[] {
  return lines.flatMap(({ orderItemId, quantity }, place) => {
    const line = sold.find((known) => known.orderItemId === orderItemId);
    const field = `lines.${place}.orderItemId`;
    if (!line) return [{ field, reason: 'There is no such line in the order' }];
    if (lines.findIndex((other) => other.orderItemId === orderItemId) < place) {
      return [{ field, reason: 'Must be named once' }];
    }
    const left = line.quantity - line.givenQuantity;
    if (quantity <= left) return [];
    const reason = `Must be at most what is left of the line, ${left}: received ${quantity}`;
    return [{ field: `lines.${place}.quantity`, reason }];
  });
}

function worthOf(lines: WantedLines, sold: readonly SoldLine[]): number {
  return lines.reduce((sum, { orderItemId, quantity }) => {
    const line = sold.find((known) => known.orderItemId === orderItemId);
    return sum + quantity * (line?.unitPriceCents ?? 0);
  }, 0);
}

/** Splits an amount by weight, to the cent: each share ends where its weight ends on the whole. */
function shared(amountCents: number, weights: readonly number[]): readonly number[] {
  const whole = BigInt(weights.reduce((sum, weight) => sum + weight, 0));
  if (whole === 0n) return weights.map((_, index) => (index === 0 ? amountCents : 0));
  let weight = 0;
  let endCents = 0;
  return weights.map((own) => {
    weight += own;
    const beginCents = endCents;
    endCents = Number((BigInt(amountCents) * BigInt(weight)) / whole);
    return endCents - beginCents;
  });
}

function decimal(cents: number): string {
  return (cents / 100).toFixed(2);
}
