import { hash53 } from '../stream/state/identities.ts';
import { addend, combine, type Memory, matches, type Remembered, unitsOf } from './entity-state.ts';
import {
  distinctMax,
  type Feature,
  type FeatureEvent,
  type FeatureSetDeclaration,
  type FieldValue,
  type SeriesFeature,
  type TimeUnit,
  type WindowedFeature,
} from './feature.ts';
import {
  type CellWindow,
  cellsOf,
  cellWindows,
  type Layout,
  memoryTrackOf,
  valueTrackOf,
} from './layout.ts';
import { trendSpans } from './trend.ts';
import { featureWindows, stepsOf } from './windows.ts';

/** A point: its event, what was remembered of its entities before it, and what is with it. */
export interface Point {
  readonly event: FeatureEvent;
  /** By kind of entity. */
  readonly before: ReadonlyMap<string, Remembered>;
  readonly after: ReadonlyMap<string, Remembered>;
}

/** Reads one feature at a point; `soFar` holds those that were declared before it. */
type ReadFeature = (point: Point, soFar: Readonly<Record<string, number | null>>) => number | null;

export const unitMs: Readonly<Record<TimeUnit, number>> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

const dayMs = unitMs.day;
/** 1 January 1970 was a Thursday. */
const weekdayOfEpoch = 3;

/** How a feature is read, prepared once. */
export function readerOf(
  feature: Feature,
  layouts: ReadonlyMap<string, Layout>,
  { sources, memoryMs, features }: Pick<FeatureSetDeclaration, 'sources' | 'memoryMs' | 'features'>,
): ReadFeature {
  const own = 'field' in feature ? ownField(feature.field, sources) : () => null;
  if ('entity' in feature) {
    const layout = layouts.get(feature.entity);
    if (!layout) throw new RangeError(`Cannot read feature ${feature.name}: no entity has it`);
    return seriesReader(feature, layout, memoryMs, own);
  }
  switch (feature.of) {
    case 'value':
      return ({ event }) => ownValue(own(event), feature.equals);
    case 'elapsed':
      return ({ event }) => {
        const sinceMs = own(event);
        return typeof sinceMs === 'number' ? wholeUnits(event.atMs - sinceMs, feature.unit) : null;
      };
    case 'hourOfDay':
      return ({ event }) => among(Math.floor((event.atMs % dayMs) / unitMs.hour), feature.among);
    case 'weekday':
      return ({ event }) =>
        among((Math.floor(event.atMs / dayMs) + weekdayOfEpoch) % 7, feature.among);
    case 'ratio':
    case 'difference':
      return (_point, soFar) => {
        const left = soFar[feature.left] ?? null;
        const right = soFar[feature.right] ?? null;
        if (left === null || right === null) return null;
        if (feature.of === 'difference') return left - right;
        return right === 0 ? null : (left * (feature.times ?? 1)) / right;
      };
    case 'trend': {
      const { stepMs, fullMs, beforeMs } = trendSpans(feature, features);
      return ({ event }, soFar) => {
        const late = soFar[feature.left] ?? null;
        const all = soFar[feature.right] ?? null;
        if (late === null || all === null) return null;
        const lateMs = fullMs + (event.atMs % stepMs);
        const chance = lateMs * beforeMs * all;
        return chance > 0 ? (late * beforeMs - (all - late) * lateMs) / Math.sqrt(chance) : null;
      };
    }
  }
}

type OwnField = (event: FeatureEvent) => FieldValue;

/** The source of a moment at which nothing happens: it has what fields it is given. */
export const noSource = '';

/** A field of a point as far as its source declares it: an event may carry more than features see. */
function ownField(field: string, sources: FeatureSetDeclaration['sources']): OwnField {
  const having = new Set(
    Object.keys(sources).filter((source) => sources[source]?.values[field] !== undefined),
  );
  having.add(noSource);
  return ({ source, values }) => (having.has(source) ? (values[field] ?? null) : null);
}

function seriesReader(
  feature: SeriesFeature,
  layout: Layout,
  memoryMs: number,
  own: OwnField,
): ReadFeature {
  const kind = feature.entity;
  if (feature.of === 'distinct') {
    const track = valueTrackOf(layout, feature);
    const window = featureWindows[feature.window];
    return ({ event, after }) => {
      const times = after.get(kind)?.values[track];
      if (times === undefined) return null;
      const step = Math.floor(event.atMs / window.stepMs);
      const oldest = step - stepsOf(window) + 1;
      let count = 0;
      for (let at = 1; at < times.length; at += 2) {
        const last = Math.floor((times[at] ?? 0) / window.stepMs);
        if (last >= oldest && last <= step) count += 1;
      }
      return Math.min(count, distinctMax);
    };
  }
  if ('window' in feature) return windowReader(feature, layout, own);

  const track = memoryTrackOf(layout, feature);
  const recent = (memory: Memory | undefined, atMs: number): Memory =>
    memory?.[1] === undefined || atMs - memory[1] > memoryMs ? [] : memory;
  return ({ event, before, after }) => {
    if (feature.of === 'sinceFirst') {
      const [firstMs] = recent(after.get(kind)?.memories[track], event.atMs);
      return firstMs === undefined ? null : wholeUnits(event.atMs - firstMs, feature.unit);
    }
    const [, lastMs, hash] = recent(before.get(kind)?.memories[track], event.atMs);
    if (lastMs === undefined) return null;
    if (feature.of !== 'differs') return wholeUnits(event.atMs - lastMs, feature.unit);
    const value = own(event);
    return value === null || hash === undefined ? null : Number(hash53(String(value)) !== hash);
  };
}

function windowReader(
  feature: Exclude<WindowedFeature, { of: 'distinct' }>,
  layout: Layout,
  own: OwnField,
): ReadFeature {
  const kind = feature.entity;
  const windows = cellWindows(layout, feature);
  const cells = cellsOf(feature);
  const leavesOwn = feature.of === 'zScore' || ('before' in feature && feature.before === true);
  const readCell = (index: number) => {
    const window = windows[index];
    const track = window && layout.buckets[window.track];
    const cell = cells[index];
    if (!track || !cell)
      throw new RangeError(`Cannot read feature ${feature.name}: nothing is kept`);
    const read = cellReader(kind, window, track.stepMs, track.cells);
    if (!leavesOwn) return read;
    return (point: Point) => {
      const total = read(point);
      if (total === null || point.event.source !== feature.source) return total;
      return total - (addend(cell, point.event) ?? 0);
    };
  };
  const first = readCell(0);
  switch (feature.of) {
    case 'count':
    case 'sum':
      return (point) => (point.after.has(kind) ? (first(point) ?? 0) : null);
    case 'max':
    case 'min':
      return first;
    case 'mean':
    case 'share': {
      const second = readCell(1);
      return (point) => {
        const of = second(point) ?? 0;
        return of === 0 ? null : (first(point) ?? 0) / of;
      };
    }
    case 'zScore': {
      const readSum = readCell(1);
      const readSquares = readCell(2);
      return (point) => {
        const value = own(point.event);
        const count = first(point) ?? 0;
        if (typeof value !== 'number' || count < 2) return null;
        const sum = readSum(point) ?? 0;
        const spread = count * (readSquares(point) ?? 0) - sum * sum;
        if (spread <= 0) return null;
        return (unitsOf(value, feature.unit) * count - sum) / Math.sqrt(spread);
      };
    }
  }
}

function cellReader(
  kind: string,
  { track, cell, steps }: CellWindow,
  stepMs: number,
  cells: Layout['buckets'][number]['cells'],
): (point: Point) => number | null {
  const width = cells.length + 1;
  const of = cells[cell]?.of ?? 'count';
  return ({ event, after }) => {
    const buckets = after.get(kind)?.buckets[track];
    if (buckets === undefined) return null;
    const step = Math.floor(event.atMs / stepMs);
    const oldest = step - steps + 1;
    let total: number | null = null;
    for (let at = buckets.length - width; at >= 0; at -= width) {
      const bucket = buckets[at] ?? 0;
      if (bucket < oldest) break;
      if (bucket <= step) total = combine(of, total, buckets[at + 1 + cell] ?? null);
    }
    return total;
  };
}

function ownValue(
  value: FieldValue,
  equals: Parameters<typeof matches>[0] | undefined,
): number | null {
  if (value === null) return null;
  if (equals !== undefined) return Number(matches(equals, value));
  return typeof value === 'number' ? value : null;
}

/** Time that runs backwards, as between two clocks, is none. */
function wholeUnits(elapsedMs: number, unit: TimeUnit): number {
  return Math.floor(Math.max(elapsedMs, 0) / unitMs[unit]);
}

function among(value: number, list: readonly number[] | undefined): number {
  return list === undefined ? value : Number(list.includes(value));
}
