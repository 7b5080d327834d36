const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * A stretch of event time that moves in steps: at a point of time `t` it covers the events `e` with
 * `floor(e / stepMs) > floor(t / stepMs) - lengthMs / stepMs`. Where length and step are equal it is
 * a tumbling window: what has come so far in the window of `t`.
 */
interface FeatureWindow {
  readonly lengthMs: number;
  readonly stepMs: number;
}

/** The windows a feature can have, by name. */
export const featureWindows = {
  '1m': { lengthMs: minuteMs, stepMs: secondMs },
  '5m': { lengthMs: 5 * minuteMs, stepMs: 5 * minuteMs },
  '10m': { lengthMs: 10 * minuteMs, stepMs: 10 * secondMs },
  '30m': { lengthMs: 30 * minuteMs, stepMs: 5 * minuteMs },
  '1h': { lengthMs: hourMs, stepMs: 5 * minuteMs },
  '1d': { lengthMs: dayMs, stepMs: hourMs },
  '7d': { lengthMs: 7 * dayMs, stepMs: 6 * hourMs },
  /** Whole weeks: each weekday is in it as often as the others. */
  '28d': { lengthMs: 28 * dayMs, stepMs: dayMs },
  '30d': { lengthMs: 30 * dayMs, stepMs: dayMs },
  /** Holds any quarter of a year whole, in two buckets: for entities that are no older. */
  '184d': { lengthMs: 184 * dayMs, stepMs: 92 * dayMs },
} as const satisfies Readonly<Record<string, FeatureWindow>>;

export type WindowName = keyof typeof featureWindows;

/** How many steps a window has. */
export function stepsOf({ lengthMs, stepMs }: FeatureWindow): number {
  return lengthMs / stepMs;
}
