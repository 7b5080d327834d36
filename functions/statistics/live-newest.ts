import { writeLiveSection } from '../../shared/jobs/live-section.ts';
import type { Run } from '../../shared/stream/state/layout.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';
import { startOf } from '../../shared/stream/window.ts';
import { ShownWindows } from './shown-windows.ts';

interface Window {
  readonly startMs: number;
  readonly closed: boolean;
  readonly final: boolean;
}

interface NewestOptions<Shown> {
  readonly section: string;
  readonly sizeMs: number;
  /** @default `sizeMs` */
  readonly slideMs?: number;
  readonly schema: { parse(value: unknown): Shown };
  /** What of it is shown. @default all of it */
  readonly cut?: (window: Shown) => object;
}

/** Shows the newest window on the live page: of those that overlap now, the first to end. */
export function liveNewest<Shown extends Window>(
  { section, sizeMs, slideMs = sizeMs, schema, cut = (window) => window }: NewestOptions<Shown>,
  store: StateStore,
) {
  const shown = new ShownWindows(store, schema);
  return async (job: Run, nowMs: number): Promise<void> => {
    const last = startOf(nowMs, slideMs) + slideMs - sizeMs;
    const [newest] = await shown.between(job, last - sizeMs, last);
    if (newest) await writeLiveSection(store, section, cut(newest), nowMs);
  };
}
