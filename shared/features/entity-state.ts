import { hash53 } from '../stream/state/identities.ts';
import { type Condition, distinctMax, type EntityState, type FeatureEvent } from './feature.ts';
import type { BucketTrack, Cell, Layout, MemoryTrack, ValueTrack } from './layout.ts';

/** Sums by step: `[step, …cells, step, …cells]`, oldest first; a cell without events is null. */
type Buckets = readonly (number | null)[];
/** `[hash, lastMs, hash, lastMs]`: of each value when it came last. */
type LastTimes = readonly number[];
/** `[firstMs, lastMs]`, and of a field the hash of its last value; nothing before the first event. */
export type Memory = readonly number[];

/** What is remembered of one entity, laid out as its kind has it. */
export interface Remembered {
  readonly buckets: readonly Buckets[];
  readonly values: readonly LastTimes[];
  readonly memories: readonly Memory[];
}

type Packed = readonly [number, readonly Buckets[], readonly LastTimes[], readonly Memory[]];

/** What a state holds; one that was kept by another layout is forgotten. */
export function readState(layout: Layout, state: EntityState | undefined): Remembered {
  if (isPacked(state, layout.signature)) {
    return { buckets: state[1], values: state[2], memories: state[3] };
  }
  return {
    buckets: layout.buckets.map(() => []),
    values: layout.values.map(() => []),
    memories: layout.memories.map(() => []),
  };
}

/** The state as JSON. */
export function packState({ signature }: Layout, remembered: Remembered): EntityState {
  return [signature, remembered.buckets, remembered.values, remembered.memories];
}

// States are written by packState alone, and the signature names the layout it wrote.
function isPacked(state: unknown, signature: number): state is Packed {
  return Array.isArray(state) && state[0] === signature;
}

/** Takes an event in. What it does not concern stays the same object. */
export function takeIn(
  layout: Layout,
  remembered: Remembered,
  event: FeatureEvent,
  memoryMs: number,
): Remembered {
  return {
    buckets: layout.buckets.map((track, index) =>
      track.source === event.source
        ? intoBuckets(track, remembered.buckets[index] ?? [], event)
        : (remembered.buckets[index] ?? []),
    ),
    values: layout.values.map((track, index) =>
      track.source === event.source
        ? intoValues(track, remembered.values[index] ?? [], event)
        : (remembered.values[index] ?? []),
    ),
    memories: layout.memories.map((track, index) =>
      track.source === event.source
        ? intoMemory(track, remembered.memories[index] ?? [], event, memoryMs)
        : (remembered.memories[index] ?? []),
    ),
  };
}

/** Whether a condition holds for an event; none holds for all. */
function holds(where: Condition | undefined, { values }: FeatureEvent): boolean {
  if (where === undefined) return true;
  const value = values[where.field];
  return matches(where.equals, value);
}

/** Whether a value is the one, or among those, that are asked for. Unknown values match nothing. */
export function matches(equals: Condition['equals'], value: number | string | null | undefined) {
  if (value === null || value === undefined) return false;
  return typeof equals === 'object' ? equals.includes(value) : equals === value;
}

/** Greatest number of units that a value is taken for. */
export const unitsMax = 2 ** 20;

/** A value in whole units. */
export function unitsOf(value: number, unit: number): number {
  return Math.floor(Math.min(Math.max(value, 0), unitsMax * unit) / unit);
}

/** What an event adds to a cell; null: nothing. */
export function addend(cell: Cell, event: FeatureEvent): number | null {
  if (!holds(cell.where, event)) return null;
  if (cell.field === undefined) return 1;
  const value = event.values[cell.field];
  if (value === null || value === undefined) return null;
  if (cell.of === 'count') return 1;
  if (typeof value !== 'number') return null;
  if (cell.of === 'units' || cell.of === 'squares') {
    const units = unitsOf(value, cell.unit ?? 1);
    return cell.of === 'units' ? units : units * units;
  }
  return value;
}

/** Two values of a cell as one. */
export function combine(of: Cell['of'], one: number | null, other: number | null): number | null {
  if (one === null) return other;
  if (other === null) return one;
  if (of === 'max') return Math.max(one, other);
  return of === 'min' ? Math.min(one, other) : one + other;
}

function intoBuckets(track: BucketTrack, buckets: Buckets, event: FeatureEvent): Buckets {
  const width = track.cells.length + 1;
  const step = Math.floor(event.atMs / track.stepMs);
  const newest = Math.max(step, buckets.at(-width) ?? step);
  const oldest = newest - track.steps + 1;
  if (step < oldest) return buckets;
  const added = track.cells.map((cell) => addend(cell, event));
  if (added.every((value) => value === null)) return buckets;

  let from = 0;
  while (from < buckets.length && (buckets[from] ?? 0) < oldest) from += width;
  let at = buckets.length;
  while (at > from && (buckets[at - width] ?? 0) >= step) at -= width;
  const kept: (number | null)[] = buckets.slice(from);
  at -= from;
  if (kept[at] === step) {
    for (const [index, cell] of track.cells.entries()) {
      const place = at + 1 + index;
      kept[place] = combine(cell.of, kept[place] ?? null, added[index] ?? null);
    }
  } else if (at === kept.length) kept.push(step, ...added);
  else kept.splice(at, 0, step, ...added);
  return kept;
}

function intoValues(track: ValueTrack, times: LastTimes, event: FeatureEvent): LastTimes {
  const value = event.values[track.field];
  if (value === null || value === undefined || !holds(track.where, event)) return times;
  const hash = hash53(String(value));
  const kept: number[] = [];
  let lastMs = event.atMs;
  for (let at = 0; at < times.length; at += 2) {
    const hashOfOther = times[at] ?? 0;
    const lastOfOther = times[at + 1] ?? 0;
    if (hashOfOther === hash) lastMs = Math.max(lastMs, lastOfOther);
    else if (event.atMs - lastOfOther < track.keepMs) kept.push(hashOfOther, lastOfOther);
  }
  kept.push(hash, lastMs);
  if (kept.length > 2 * distinctMax) kept.splice(oldestOf(kept), 2);
  return kept;
}

function oldestOf(times: LastTimes): number {
  let oldest = 0;
  for (let at = 2; at < times.length; at += 2) {
    if ((times[at + 1] ?? 0) < (times[oldest + 1] ?? 0)) oldest = at;
  }
  return oldest;
}

function intoMemory(
  track: MemoryTrack,
  memory: Memory,
  event: FeatureEvent,
  memoryMs: number,
): Memory {
  if (!holds(track.where, event)) return memory;
  const value = track.field === undefined ? undefined : event.values[track.field];
  if (track.field !== undefined && (value === null || value === undefined)) return memory;
  const { atMs } = event;
  const [firstMs = atMs, lastMs = atMs, hash] = memory;
  const isLatest = atMs >= lastMs;
  const times =
    atMs - lastMs > memoryMs ? [atMs, atMs] : [Math.min(firstMs, atMs), Math.max(lastMs, atMs)];
  if (track.field === undefined) return times;
  return [...times, isLatest || hash === undefined ? hash53(String(value)) : hash];
}
