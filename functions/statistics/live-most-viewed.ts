import { writeLiveSection } from '../../shared/jobs/live-section.ts';
import type { Run } from '../../shared/stream/state/layout.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';
import { type PanedWindow, startOf } from '../../shared/stream/window.ts';
import { shownWindows } from './shown-windows.ts';

/** Shows the products of the newest window on the live page: of those that overlap now, the first to end. */
export async function showMostViewed(
  job: Run,
  { sizeMs, slideMs }: PanedWindow,
  store: StateStore,
  nowMs: number,
): Promise<void> {
  const last = startOf(nowMs, slideMs) + slideMs - sizeMs;
  const [newest] = await shownWindows(job, store, last - sizeMs, last);
  if (newest) await writeLiveSection(store, 'most-viewed', newest, nowMs);
}
