import type { FeatureEvent, FeatureVector } from '../../../shared/features/feature.ts';
import type { FeatureSet } from '../../../shared/features/feature-set.ts';
import { transactionFeatures } from '../../../shared/fraud/transactions.ts';
import type { Refusals } from '../../import/refusals.ts';
import type { LabelledRow } from '../labelled-row.ts';
import { playFeatures } from '../play-features.ts';
import type { TransactionOptions } from './options.ts';
import { heldOut, learnable, type Spans, spansOf } from './protocol.ts';
import { readTransactions } from './read-transactions.ts';
import type { Transaction } from './transaction.ts';

/** What a file comes to: rows to learn from, and rows to be held against. */
export interface TransactionRows {
  readonly set: FeatureSet;
  readonly spans: Spans;
  readonly transactions: number;
  readonly training: readonly LabelledRow[];
  readonly test: readonly LabelledRow[];
  /** How many transactions of the test days were left out, as their card was known by then. */
  readonly leftOut: number;
}

const dayMs = 86_400_000;
const longestWindowDays = 30;

/** Reads a file of transactions and has the engine compute the features of those that matter. */
export async function transactionRows(
  options: TransactionOptions,
  refusals: Refusals,
): Promise<TransactionRows> {
  const { file, columns, startMs, delayDays, card } = options;
  const transactions = await readTransactions(file, columns, refusals);
  const spans = spansOf(transactions, options, startMs);
  const cardOf = ({ entities }: Transaction) => (card === undefined ? undefined : entities[card]);
  const training = learnable(transactions, spans);
  const test = heldOut(transactions, spans, cardOf);
  const all = heldOut(transactions, spans, () => undefined);
  const set = transactionFeatures({
    entities: kindsOf(transactions),
    windowsDays: [1, 7, longestWindowDays],
    labelDelayDays: delayDays,
  });
  const vectors = await vectorsOf([...training, ...test], transactions, { set, spans, delayDays });
  const rowOf = (transaction: Transaction): LabelledRow => ({
    id: transaction.id,
    atMs: transaction.atMs,
    vector: vectors.get(transaction.id) ?? {},
    fraud: transaction.fraud === true,
    pattern: transaction.pattern,
    card: cardOf(transaction) ?? `transaction ${transaction.id}`,
  });
  return {
    set,
    spans,
    transactions: transactions.length,
    training: training.map(rowOf),
    test: test.map(rowOf),
    leftOut: all.length - test.length,
  };
}

function kindsOf(transactions: readonly Transaction[]): readonly string[] {
  return [...new Set(transactions.flatMap(({ entities }) => Object.keys(entities)))];
}

async function vectorsOf(
  wanted: readonly Transaction[],
  transactions: readonly Transaction[],
  { set, spans, delayDays }: { set: FeatureSet; spans: Spans; delayDays: number },
): Promise<ReadonlyMap<string, FeatureVector>> {
  const ids = new Set(wanted.map(({ id }) => id));
  const vectors = new Map<string, FeatureVector>();
  // What is older than every window of the first row changes nothing.
  const fromMs = spans.trainFromMs - (longestWindowDays + 1) * dayMs;
  await playFeatures({
    set,
    events: eventsOf(transactions, { fromMs, toMs: spans.testToMs, delayMs: delayDays * dayMs }),
    wants: ({ source, id }) => source === 'transaction' && ids.has(id),
    take: (id, vector) => vectors.set(id, vector),
  });
  return vectors;
}

/** Transactions, and their labels when they become known, in the order of their times. */
export function* eventsOf(
  transactions: readonly Transaction[],
  { fromMs, toMs, delayMs }: { fromMs: number; toMs: number; delayMs: number },
): Generator<FeatureEvent> {
  const labels = transactions
    .flatMap((transaction) => {
      const knownAtMs = knownAt(transaction, delayMs);
      const isTold = fromMs <= knownAtMs && knownAtMs < toMs;
      return isTold ? [{ transaction, knownAtMs }] : [];
    })
    .sort((a, b) => a.knownAtMs - b.knownAtMs);
  let told = 0;
  function* labelsUntil(atMs: number): Generator<FeatureEvent> {
    for (let next = labels[told]; next && next.knownAtMs <= atMs; next = labels[told]) {
      const { id, entities, amountCents, fraud } = next.transaction;
      const values = { amountCents, fraud: Number(fraud) };
      yield { source: 'label', id, atMs: next.knownAtMs, entities, values };
      told += 1;
    }
  }
  for (const { id, atMs, entities, amountCents } of transactions) {
    if (atMs < fromMs || atMs >= toMs) continue;
    // At one instant labels come first: what is known by then is known to the transaction.
    yield* labelsUntil(atMs);
    yield { source: 'transaction', id, atMs, entities, values: { amountCents } };
  }
  yield* labelsUntil(toMs);
}

/** Files date labels like their transactions; nothing is known of one before it has happened. */
function knownAt({ atMs, fraud, labelledAtMs = 0 }: Transaction, delayMs: number): number {
  if (fraud === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(labelledAtMs, atMs + Math.max(1, delayMs));
}
