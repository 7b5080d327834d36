import { shopFraud } from '../../../shared/fraud/features.ts';
import { athenaClient } from '../../../shared/lake/athena-client.ts';
import { lakeOfStage } from '../../../shared/lake/lake-of-stage.ts';
import { placeOf } from '../../jobs/cloud.ts';
import type { LabelledRow } from '../labelled-row.ts';
import { fileLabels, labelsAt, lakeLabels, type OrderLabel } from './labels.ts';
import type { FraudOptions } from './options.ts';
import { lastPoints, type OrderPoint, orderOf, readPoints } from './points.ts';

/** The orders of a span as the lake has them, and what has been said of them. */
export interface OrderHistory {
  /** For people. */
  readonly name: string;
  /** Orders and payments in the order of their times. */
  readonly points: readonly OrderPoint[];
  readonly labels: readonly OrderLabel[];
  /** So long after an order the file tells its label; without a file nothing is waited for. */
  readonly labelDelayMs: number;
}

/** Reads the history from the lake, and labels from there and from a file. */
export async function readOrderHistory(options: FraudOptions): Promise<OrderHistory> {
  const { place, labels, delayMs, fromMs, toMs } = options;
  const { name, stage, url } = await placeOf(place);
  const lake = lakeOfStage(stage);
  const client = athenaClient(url);
  const span = {
    ...(fromMs !== undefined && { fromMs }),
    ...(toMs !== undefined && { untilMs: toMs }),
  };
  try {
    const ofFile = labels === undefined ? [] : await fileLabels(labels, delayMs);
    const said = await lakeLabels(client, lake);
    const points = await readPoints(client, shopFraud, span, lake);
    return {
      name,
      points,
      labels: [...said, ...ofFile],
      labelDelayMs: labels === undefined ? 0 : delayMs,
    };
  } finally {
    client.destroy();
  }
}

/**
 * What can be learnt from at an instant. Of the orders that are too young for the file's labels only
 * those are told of that somebody has complained about: to learn from these would be to learn that
 * what is young is fraud.
 */
export function learnableOrders(history: OrderHistory, untilMs: number): readonly LabelledRow[] {
  const toMs = Math.min(untilMs, untilMs - history.labelDelayMs + 1);
  return labelledOrders(history, { fromMs: Number.NEGATIVE_INFINITY, toMs, knownAtMs: untilMs });
}

/**
 * The orders of a span with their labels, as far as those are known at an instant.
 *
 * @param knownAtMs infinite for all that was ever said.
 */
export function labelledOrders(
  { points, labels }: OrderHistory,
  { fromMs, toMs, knownAtMs }: { fromMs: number; toMs: number; knownAtMs: number },
): readonly LabelledRow[] {
  const known = labelsAt(labels, knownAtMs);
  return lastPoints(points).flatMap((point) => {
    const label = known.get(orderOf(point));
    if (label === undefined || point.atMs < fromMs || point.atMs >= toMs) return [];
    const { card, customer } = point.entities;
    return [
      {
        id: orderOf(point),
        atMs: point.atMs,
        vector: point.vector,
        fraud: label.fraud,
        pattern: label.pattern,
        card: card ?? `customer ${customer}`,
      },
    ];
  });
}
