import { writeLiveSection } from '../../shared/jobs/live-section.ts';
import type { Run } from '../../shared/stream/state/layout.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';
import { startOf } from '../../shared/stream/window.ts';
import { shownWindows } from './shown-windows.ts';

const shownMax = 60;

/** Shows the latest revenue windows on the live page, up to the one after now. */
export async function showRevenue(
  job: Run,
  windowMs: number,
  store: StateStore,
  nowMs: number,
): Promise<void> {
  const last = startOf(nowMs, windowMs) + windowMs;
  const windows = await shownWindows(job, store, last - (shownMax - 1) * windowMs, last);
  await writeLiveSection(store, 'revenue', { windowMs, windows }, nowMs);
}
