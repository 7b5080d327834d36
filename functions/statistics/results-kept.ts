import type { Settings } from '../../shared/config/settings.ts';

const dayMs = 86_400_000;

/** How long the results of windows of this length stay in the table after they were written. */
export function windowResultsKeptMs(settings: Settings, sizeMs: number): number {
  return sizeMs < dayMs ? settings.windowResultsKeptMs : settings.dayResultsKeptMs;
}
