import type { WindowedJob } from '../job.ts';
import type { Control } from '../state/control.ts';
import { firstEndOf, lastUseOf, panesSeen } from '../window.ts';

/** A window that is to be looked at. */
export interface Due {
  readonly endMs: number;
  readonly closed: boolean;
  readonly final: boolean;
  /** Everything known of what went into it: equal news, equal result. */
  readonly news: string;
}

/** What decides which windows are due. */
export interface Times {
  readonly floorMs: number;
  readonly doneMs: number;
  /** Windows that ended by then are final. */
  readonly finalMs: number;
  /** Whether open windows are due as well. */
  readonly shows: boolean;
}

/**
 * Windows that are not done and may have news, the earliest first.
 *
 * @param told what is known to have been told of, by the window's end.
 */
export function dueWindows<Event>(
  job: WindowedJob<Event>,
  controls: ReadonlyMap<string, Control>,
  { floorMs, doneMs, finalMs, shows }: Times,
  told: ReadonlyMap<number, string>,
): Due[] {
  const { window } = job;
  const stamps = new Map<number, string>();
  for (const [sk, { panes }] of controls) {
    for (const [pane, { last }] of panes) {
      if (lastUseOf(window, pane) <= doneMs) continue;
      stamps.set(pane, `${stamps.get(pane) ?? ''}${sk}@${last};`);
    }
  }
  const ends = new Set<number>();
  for (const pane of stamps.keys()) {
    const first = firstEndOf(window, pane);
    const last = lastUseOf(window, pane);
    for (let endMs = first; endMs <= last; endMs += window.slideMs) {
      const isShown = shows && job.preliminaryEveryMs !== undefined && endMs === first;
      if (endMs > doneMs && (endMs <= floorMs || isShown)) ends.add(endMs);
    }
  }
  const due: Due[] = [];
  for (const endMs of [...ends].sort((a, b) => a - b)) {
    const closed = endMs <= floorMs;
    const final = endMs <= finalMs;
    const panes = panesSeen(window, endMs).map((pane) => stamps.get(pane) ?? '');
    const news = `${panes.join('|')} ${closed} ${final}`;
    if (told.get(endMs) !== news) due.push({ endMs, closed, final, news });
  }
  return due;
}
