import type { Feature, FeatureSource } from '../features/feature.ts';
import { type FeatureSet, featureSet } from '../features/feature-set.ts';
import { series } from '../features/series.ts';
import type { WindowName } from '../features/windows.ts';

interface TransactionFeatures {
  /** Kinds of entities that a transaction names: `['customer', 'terminal']`. */
  readonly entities: readonly string[];
  readonly windowsDays: readonly number[];
  /** So long after a transaction it is known whether it was fraud. */
  readonly labelDelayDays: number;
}

const dayMs = 24 * 3_600_000;
const windowByDays: Readonly<Record<number, WindowName>> = { 1: '1d', 7: '7d', 30: '30d' };

/**
 * Features of labelled transactions of any kind: what is spent and how often, per entity, and how
 * risky it has proven to be. A transaction is an event of the source `transaction` with the field
 * `amountCents`; that it was fraud or not (`fraud`, 1 or 0) is an event of the source `label`, at the
 * time of the transaction and `labelDelayDays`. So a window of labels is a window of transactions
 * that long ago, and nothing is known before its time.
 *
 * @throws RangeError for a window other than 1, 7 or 30 days.
 */
export function transactionFeatures({
  entities,
  windowsDays,
  labelDelayDays,
}: TransactionFeatures): FeatureSet {
  const windows = windowsDays.map((days) => {
    const window = windowByDays[days];
    if (window !== undefined) return window;
    throw new RangeError(
      `Cannot declare features of transactions: windows are of 1, 7 or 30 days: received ${days}`,
    );
  });
  const sources: Readonly<Record<string, FeatureSource>> = {
    label: { entities, values: { fraud: 'bigint' } },
    transaction: { entities, values: { amountCents: 'bigint' } },
  };
  return featureSet('transactions', {
    sources,
    points: ['transaction'],
    memoryMs: (Math.max(0, ...windowsDays) + labelDelayDays) * dayMs,
    features: [...ownFeatures, ...entities.flatMap((entity) => featuresOf(entity, windows))],
  });
}

const ownFeatures: readonly Feature[] = [
  { of: 'value', name: 'amount_cents', field: 'amountCents', meaning: 'Amount' },
  {
    of: 'weekday',
    name: 'at_weekend',
    among: [5, 6],
    meaning: 'On Saturday or Sunday',
  },
  {
    of: 'hourOfDay',
    name: 'at_night',
    among: [0, 1, 2, 3, 4, 5, 6],
    meaning: 'Before 7 o’clock',
  },
];

function featuresOf(entity: string, windows: readonly WindowName[]): readonly Feature[] {
  const transactions = series({ source: 'transaction', entity });
  const labels = series({ source: 'label', entity });
  return [
    ...transactions.count(`${entity}_count`, windows, `Transactions of the ${entity}`),
    ...transactions.mean(
      `${entity}_mean_amount`,
      'amountCents',
      windows,
      `Mean amount of the ${entity}`,
    ),
    ...labels.count(`${entity}_known`, windows, `Transactions of the ${entity} that became known`),
    ...labels.share(
      `${entity}_risk`,
      { field: 'fraud', equals: 1 },
      windows,
      `Share of fraud among the ${entity}’s transactions that became known`,
    ),
  ];
}
