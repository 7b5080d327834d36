/** How busy a shop is in each hour of the day (UTC), from midnight; the mean is 1. */
const hours = [
  0.45, 0.25, 0.15, 0.1, 0.1, 0.15, 0.35, 0.65, 0.95, 1.15, 1.3, 1.35, 1.4, 1.3, 1.25, 1.25, 1.3,
  1.35, 1.45, 1.65, 1.8, 1.75, 1.45, 1.1,
] as const;

/** How busy it is on each day of the week, from Sunday; the mean is 1. */
const weekdays = [1.15, 0.95, 0.9, 0.9, 0.95, 1.05, 1.1] as const;

const hourMs = 3_600_000;

/** How busy a shop is at an instant, 1 on the average over a week. */
export function activityAt(atMs: number): number {
  const at = new Date(atMs);
  return (hours[at.getUTCHours()] ?? 1) * (weekdays[at.getUTCDay()] ?? 1);
}

/** Instants of a span, as a share of all the activity in it and back. */
export interface RhythmOfSpan {
  /** The instant before which this share, from 0 to 1, of what happens until `untilMs` has happened. */
  instantAt(share: number, untilMs: number): number;
}

/** @param span from and to, epoch milliseconds. */
export function rhythmOf({ fromMs, toMs }: { fromMs: number; toMs: number }): RhythmOfSpan {
  /** Ends of the hours of the span, with the activity up to each. */
  const ends: { readonly endMs: number; readonly sum: number }[] = [{ endMs: fromMs, sum: 0 }];
  let sum = 0;
  for (let startMs = fromMs; startMs < toMs; ) {
    const endMs = Math.min(toMs, (Math.floor(startMs / hourMs) + 1) * hourMs);
    sum += activityAt(startMs) * (endMs - startMs);
    ends.push({ endMs, sum });
    startMs = endMs;
  }
  const until = (atMs: number): number => {
    const before = ends.findLast(({ endMs }) => endMs <= atMs) ?? { endMs: fromMs, sum: 0 };
    return before.sum + activityAt(before.endMs) * Math.max(0, atMs - before.endMs);
  };
  return {
    instantAt(share, untilMs) {
      const wanted = share * until(Math.min(untilMs, toMs));
      const before = ends.findLast((end) => end.sum <= wanted) ?? { endMs: fromMs, sum: 0 };
      return Math.floor(before.endMs + (wanted - before.sum) / activityAt(before.endMs));
    },
  };
}
