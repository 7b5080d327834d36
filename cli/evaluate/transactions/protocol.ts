import { dayText } from '../day-text.ts';
import type { Transaction } from './transaction.ts';

/** Spans of the evaluation, as epoch milliseconds: each begins where the one before ends. */
export interface Spans {
  readonly trainFromMs: number;
  readonly delayFromMs: number;
  readonly testFromMs: number;
  readonly testToMs: number;
}

export interface ProtocolDays {
  readonly trainDays: number;
  readonly delayDays: number;
  readonly testDays: number;
}

const dayMs = 86_400_000;

/**
 * Days to learn from, days whose labels are not known yet, days to be held against.
 *
 * @param startMs of the first; by default as late as the transactions allow, from a midnight (UTC).
 */
export function spansOf(
  transactions: readonly Transaction[],
  { trainDays, delayDays, testDays }: ProtocolDays,
  startMs?: number,
): Spans {
  const firstMs = transactions[0]?.atMs ?? 0;
  const lastMs = transactions.at(-1)?.atMs ?? 0;
  const allMs = (trainDays + delayDays + testDays) * dayMs;
  const trainFromMs = startMs ?? (Math.floor(lastMs / dayMs) + 1) * dayMs - allMs;
  const delayFromMs = trainFromMs + trainDays * dayMs;
  const testFromMs = delayFromMs + delayDays * dayMs;
  const testToMs = testFromMs + testDays * dayMs;
  if (testFromMs <= lastMs && delayFromMs > firstMs) {
    return { trainFromMs, delayFromMs, testFromMs, testToMs };
  }
  const [from, first, last] = [trainFromMs, firstMs, lastMs].map(dayText);
  throw new RangeError(
    `Cannot evaluate: the file holds ${first} to ${last}, which is too little for ${trainDays} + ${delayDays} + ${testDays} days: received a start of ${from}`,
  );
}

/**
 * The transactions a model is held against: those of the test days, but for those of cards that
 * were known as defrauded by then. Known on a day are the frauds of the training days, and of the
 * days behind them that lie longer ago than the delay; none before the file says it was known.
 *
 * @param cardOf whose transaction it is; one of nobody known is held against in any case.
 */
export function heldOut(
  transactions: readonly Transaction[],
  { trainFromMs, delayFromMs, testFromMs, testToMs }: Spans,
  cardOf: (transaction: Transaction) => string | undefined,
): readonly Transaction[] {
  const delayMs = testFromMs - delayFromMs;
  const known = new Map<string, number>();
  for (const each of transactions) {
    const card = cardOf(each);
    if (!each.fraud || card === undefined || each.atMs < trainFromMs) continue;
    // Labels of a day are looked at when the day is over.
    const day = Math.floor((each.atMs - testFromMs) / dayMs);
    const delayedMs =
      each.atMs < delayFromMs ? testFromMs : testFromMs + (day + 1) * dayMs + delayMs;
    const fromMs = Math.max(delayedMs, each.labelledAtMs ?? 0);
    known.set(card, Math.min(known.get(card) ?? fromMs, fromMs));
  }
  return transactions.filter((each) => {
    if (each.fraud === undefined || each.atMs < testFromMs || each.atMs >= testToMs) return false;
    return each.atMs < (known.get(cardOf(each) ?? '') ?? Number.POSITIVE_INFINITY);
  });
}

/** The transactions a model learns from: those whose labels are known when it goes to work. */
export function learnable(
  transactions: readonly Transaction[],
  { trainFromMs, delayFromMs, testFromMs }: Spans,
): readonly Transaction[] {
  return transactions.filter(
    ({ atMs, fraud, labelledAtMs = atMs }) =>
      fraud !== undefined &&
      trainFromMs <= atMs &&
      atMs < delayFromMs &&
      labelledAtMs <= testFromMs,
  );
}
