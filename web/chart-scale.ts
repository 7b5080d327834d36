/** A value axis: from `min` to `max`, both on a tick. */
export interface ValueScale {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

/**
 * An axis with round steps (1, 2 or 5 times a power of ten) that holds zero and every value.
 *
 * @param stepMin the smallest step that makes sense, e.g. 100 for cents shown as whole units.
 */
export function valueScale(values: readonly number[], steps: number, stepMin: number): ValueScale {
  const low = Math.min(0, ...values);
  const high = Math.max(stepMin * steps, ...values);
  const step = Math.max(stepMin, roundStep((high - low) / steps));
  const min = Math.floor(low / step) * step;
  const max = Math.ceil(high / step) * step;
  const ticks = Array.from(
    { length: Math.round((max - min) / step) + 1 },
    (_, i) => min + i * step,
  );
  return { min, max, ticks };
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5].find((candidate) => candidate * power >= rough) ?? 10;
  return factor * power;
}

const minuteMs = 60_000;
const labelStepsMs = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((m) => m * minuteMs);

/** Times on the clock (UTC-aligned) between two moments, so few that labels do not touch. */
export function timeTicks(fromMs: number, toMs: number, labelsMax: number): number[] {
  const stepMs =
    labelStepsMs.find((candidate) => (toMs - fromMs) / candidate <= labelsMax) ??
    Math.ceil((toMs - fromMs) / Math.max(1, labelsMax) / (1440 * minuteMs)) * 1440 * minuteMs;
  const ticks: number[] = [];
  for (let at = Math.ceil(fromMs / stepMs) * stepMs; at < toMs; at += stepMs) ticks.push(at);
  return ticks;
}
