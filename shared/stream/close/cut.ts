import { compareSequenceNumbers } from '../record.ts';
import type { Control } from '../state/control.ts';

/** Per control row (its sort key) a version: everything up to it is in. */
export type Cut = ReadonlyMap<string, number>;

/** First and last sequence number that went into a pane, per shard. */
export type Lineage = Readonly<Record<string, { readonly first: string; readonly last: string }>>;

/** Versions up to which deltas are in the table: by the control rows, and by results told of them. */
export function cutOf(controls: ReadonlyMap<string, Control>, told: readonly Cut[]): Cut {
  const read = new Map([...controls].map(([sk, { version }]) => [sk, version]));
  return highest([read, ...told]);
}

/** What several cuts vouch for together. */
export function highest(cuts: readonly Cut[]): Cut {
  const all = new Map<string, number>();
  for (const cut of cuts) {
    for (const [sk, version] of cut) all.set(sk, Math.max(version, all.get(sk) ?? 0));
  }
  return all;
}

/** The last delta of a shard in a pane, where its control row is as new as the cut. */
export function touchedIn(
  controls: ReadonlyMap<string, Control>,
  sk: string,
  pane: number,
  cut: Cut,
): number | undefined {
  const control = controls.get(sk);
  if (!control || control.version < (cut.get(sk) ?? 0)) return undefined;
  return control.panes.get(pane)?.last ?? 0;
}

/** Whether a cut takes in all that shards have put into these panes. */
export function takesInAll(
  cut: Cut,
  controls: ReadonlyMap<string, Control>,
  panes: readonly number[],
): boolean {
  return [...controls].every(([sk, control]) =>
    panes.every((pane) => (control.panes.get(pane)?.last ?? 0) <= (cut.get(sk) ?? 0)),
  );
}

/** The ranges of two lineages together, shard by shard. */
export function join(left: Lineage, right: Lineage): Lineage {
  const both = { ...left };
  for (const [shard, range] of Object.entries(right)) {
    const known = both[shard] ?? range;
    both[shard] = {
      first: isBefore(known.first, range.first) ? known.first : range.first,
      last: isBefore(known.last, range.last) ? range.last : known.last,
    };
  }
  return both;
}

function isBefore(one: string, other: string): boolean {
  return compareSequenceNumbers(one, other) < 0;
}
