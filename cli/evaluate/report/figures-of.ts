import { type LabelledRow, labelsOf } from '../labelled-row.ts';
import { atFalsePositiveRate, atThreshold } from '../metrics/at-threshold.ts';
import { averagePrecision } from '../metrics/average-precision.ts';
import { bootstrapInterval } from '../metrics/bootstrap-interval.ts';
import { calibration } from '../metrics/calibration.ts';
import { cardPrecision } from '../metrics/card-precision.ts';
import { type Ranking, ranking } from '../metrics/ranking.ts';
import { rocAuc } from '../metrics/roc-auc.ts';
import type { CurvePoint, Figures, PatternRow } from './report.ts';

/** A way of telling fraud, and what it makes of the held-out rows, one score for each. */
export interface Scored {
  readonly name: string;
  readonly scores: Float64Array;
  /** What scores as much is told as fraud. */
  readonly threshold: number;
  readonly isProbability: boolean;
}

const dayMs = 86_400_000;
const cardsPerDay = 100;
const calibrationBins = 10;
const seenLeast = 1 / 400;

/** @param fromMs where the first held-out day begins. */
export function figuresOf(
  { name, scores, threshold, isProbability }: Scored,
  rows: readonly LabelledRow[],
  fromMs: number,
): Figures {
  const labels = labelsOf(rows);
  const ranked = ranking(scores, labels);
  const cards = new Map([...new Set(rows.map(({ card }) => card))].map((card, id) => [card, id]));
  const perDay = cardPrecision(
    scores,
    labels,
    Int32Array.from(rows, ({ card }) => cards.get(card) ?? -1),
    Int32Array.from(rows, ({ atMs }) => Math.floor((atMs - fromMs) / dayMs)),
    cardsPerDay,
  );
  return {
    name,
    averagePrecision: averagePrecision(ranked),
    averagePrecisionInterval: bootstrapInterval(scores, labels),
    rocAuc: rocAuc(ranked),
    cardPrecision: perDay.mean,
    atOnePercent: atFalsePositiveRate(ranked, 0.01),
    atThreshold: atThreshold(ranked, threshold),
    calibration: isProbability ? calibration(scores, labels, calibrationBins) : null,
    ...curvesOf(ranked),
    reliability: isProbability ? reliabilityOf(scores, labels) : [],
  };
}

/** Of each tenth of the scores that has rows: what they say on the average, and what came out. */
function reliabilityOf(scores: Float64Array, labels: Uint8Array): readonly CurvePoint[] {
  const rows = [...scores.keys()];
  const tenths = Map.groupBy(rows, (row) => Math.min(9, Math.floor(10 * (scores[row] ?? 0))));
  return [...tenths]
    .sort(([one], [other]) => one - other)
    .map(([, of]) => ({
      x: of.reduce((sum, row) => sum + (scores[row] ?? 0), 0) / of.length,
      y: of.reduce((sum, row) => sum + (labels[row] ?? 0), 0) / of.length,
    }));
}

function curvesOf({ points, positives, negatives }: Ranking) {
  const roc: CurvePoint[] = [{ x: 0, y: 0 }];
  const precisionRecall: CurvePoint[] = [];
  for (const { truePositives, falsePositives } of points) {
    const recall = truePositives / Math.max(1, positives);
    roc.push({ x: falsePositives / Math.max(1, negatives), y: recall });
    precisionRecall.push({ x: recall, y: truePositives / (truePositives + falsePositives) });
  }
  return { roc: thin(roc), precisionRecall: thin(precisionRecall) };
}

/** Points that lie closer together than anyone sees are left out; the first and the last stay. */
function thin(points: readonly CurvePoint[]): readonly CurvePoint[] {
  const kept: CurvePoint[] = [];
  for (const [place, point] of points.entries()) {
    const last = kept.at(-1);
    const distance = last && Math.hypot(point.x - last.x, point.y - last.y);
    if (distance === undefined || distance >= seenLeast || place === points.length - 1) {
      kept.push(point);
    }
  }
  return kept;
}

/** How many frauds of each pattern are told at the thresholds; those without a name are left out. */
export function patternsOf(
  rows: readonly LabelledRow[],
  ways: readonly Scored[],
): readonly PatternRow[] {
  const places = rows.flatMap(({ fraud, pattern }, place) =>
    fraud && pattern !== undefined ? [{ pattern, place }] : [],
  );
  return [...Map.groupBy(places, ({ pattern }) => pattern)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([pattern, frauds]) => ({
      pattern,
      frauds: frauds.length,
      found: ways.map(({ name, scores, threshold }) => ({
        by: name,
        count: frauds.filter(({ place }) => (scores[place] ?? 0) >= threshold).length,
      })),
    }));
}
