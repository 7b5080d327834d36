import type { CountFeature, Feature, TrendFeature } from './feature.ts';
import { featureWindows } from './windows.ts';

interface TrendSpans {
  /** Step of both windows. */
  readonly stepMs: number;
  /** What of the shorter window lies before the step of the point … */
  readonly fullMs: number;
  /** … and what of the longer one lies before the shorter. */
  readonly beforeMs: number;
}

/**
 * The stretches of time whose counts a trend compares.
 *
 * @throws RangeError where its features are no counts over two such windows.
 */
export function trendSpans(trend: TrendFeature, features: readonly Feature[]): TrendSpans {
  const [late, all] = [trend.left, trend.right].map((name) => countOf(name, features));
  if (late && all && isSameSeries(late, all)) {
    const { lengthMs, stepMs } = featureWindows[late.window];
    const longer = featureWindows[all.window];
    if (longer.stepMs === stepMs && longer.lengthMs > lengthMs) {
      return { stepMs, fullMs: lengthMs - stepMs, beforeMs: longer.lengthMs - lengthMs };
    }
  }
  throw new RangeError(
    `Cannot tell trend ${trend.name}: it compares counts of one series over a window and over a longer one of equal steps: received ${JSON.stringify([trend.left, trend.right])}`,
  );
}

function countOf(name: string, features: readonly Feature[]): CountFeature | undefined {
  return features.find((each): each is CountFeature => each.name === name && each.of === 'count');
}

function isSameSeries(one: CountFeature, other: CountFeature): boolean {
  const seriesOf = ({ source, entity, where, before }: CountFeature) =>
    JSON.stringify([source, entity, where ?? null, before ?? null]);
  return seriesOf(one) === seriesOf(other);
}
