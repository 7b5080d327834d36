import { liveSections } from '../../shared/events/live.ts';
import { writeLiveSection } from '../../shared/jobs/live-section.ts';
import type { Run } from '../../shared/stream/state/layout.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';
import { startOf } from '../../shared/stream/window.ts';
import { ShownWindows } from './shown-windows.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Shows the latest revenue windows of one size on the live page, up to the one after now. */
export function liveRevenue(section: string, windowMs: number, store: StateStore) {
  const shown = new ShownWindows(store, liveSections.revenue.shape.windows.element);
  const windowsMax = shownMax(windowMs);
  return async (job: Run, nowMs: number): Promise<void> => {
    const last = startOf(nowMs, windowMs) + windowMs;
    const windows = await shown.between(job, last - (windowsMax - 1) * windowMs, last);
    await writeLiveSection(store, section, { windowMs, windows, windowsMax }, nowMs);
  };
}

/** An hour of minutes, two days of hours, a month of days. */
function shownMax(windowMs: number): number {
  if (windowMs < hourMs) return 60;
  return windowMs < dayMs ? 48 : 30;
}
