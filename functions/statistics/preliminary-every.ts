import type { Settings } from '../../shared/config/settings.ts';

const hourMs = 3_600_000;

/**
 * How often an open window of this length shows itself.
 *
 * @param shortMs where it is shorter than an hour.
 */
export function preliminaryEveryMs(
  { longWindowsPreliminaryEveryMs, statisticsPreliminaryEveryMs }: Settings,
  sizeMs: number,
  shortMs = statisticsPreliminaryEveryMs,
): number {
  return sizeMs < hourMs ? shortMs : longWindowsPreliminaryEveryMs;
}
