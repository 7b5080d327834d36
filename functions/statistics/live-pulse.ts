import { liveSections } from '../../shared/events/live.ts';
import { writeLiveSection } from '../../shared/jobs/live-section.ts';
import type { Run } from '../../shared/stream/state/layout.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';
import { startOf } from '../../shared/stream/window.ts';
import { ShownWindows } from './shown-windows.ts';

const shownMax = 40;

/** Shows the newest window of the sales pulse that has closed, and those before it as a curve. */
export function livePulse(sizeMs: number, slideMs: number, store: StateStore) {
  const shown = new ShownWindows(store, liveSections['sales-pulse'].shape.now);
  return async (job: Run, nowMs: number): Promise<void> => {
    // Of the windows that overlap now the first to end: those behind it have only begun to fill.
    const last = startOf(nowMs, slideMs) + slideMs - sizeMs;
    const windows = await shown.between(job, last - (shownMax - 1) * slideMs, last);
    const now = windows.find(({ closed }) => closed) ?? windows.at(0);
    if (now === undefined) return;
    const recent = windows.map(({ startMs, endMs, closed, sales, isSpike }) => ({
      ...{ startMs, endMs, closed, sales, isSpike },
    }));
    await writeLiveSection(store, 'sales-pulse', { now, recent }, nowMs);
  };
}
