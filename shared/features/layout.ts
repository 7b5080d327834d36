import { hash53 } from '../stream/state/identities.ts';
import type {
  Condition,
  DiffersFeature,
  DistinctFeature,
  FeatureSetDeclaration,
  SeriesFeature,
  SinceFeature,
} from './feature.ts';
import { featureWindows, stepsOf } from './windows.ts';

/** What is added up of the events of one bucket. */
export interface Cell {
  readonly of: 'count' | 'sum' | 'max' | 'min' | 'units' | 'squares';
  /** Undefined only of a count of all events; else events that leave it unknown add nothing. */
  readonly field: string | undefined;
  /** The whole units that `units` and `squares` are taken in. */
  readonly unit: number | undefined;
  readonly where: Condition | undefined;
}

/** Sums per step of time, of all cells of a source that have windows of this step. */
export interface BucketTrack {
  readonly source: string;
  readonly stepMs: number;
  /** Buckets that a window may still reach. */
  readonly steps: number;
  readonly cells: readonly Cell[];
}

/** The last time of each of the latest different values of a field. */
export interface ValueTrack {
  readonly source: string;
  readonly field: string;
  readonly where: Condition | undefined;
  readonly keepMs: number;
}

/** The first and the last time of a series; with a field, also its last value. */
export interface MemoryTrack {
  readonly source: string;
  readonly field: string | undefined;
  readonly where: Condition | undefined;
}

/** What is kept of an entity of one kind, and by which features it is read. */
export interface Layout {
  readonly kind: string;
  readonly buckets: readonly BucketTrack[];
  readonly values: readonly ValueTrack[];
  readonly memories: readonly MemoryTrack[];
  /** Equal for equal layouts: a state that was kept by another one is not read. */
  readonly signature: number;
}

/** Where a window of a cell is read. */
export interface CellWindow {
  readonly track: number;
  readonly cell: number;
  readonly steps: number;
}

/** What each kind of entity keeps, so that every feature can be read. */
export function layoutsOf({
  features,
}: Pick<FeatureSetDeclaration, 'features'>): readonly Layout[] {
  const byKind = new Map<string, SeriesFeature[]>();
  for (const feature of features) {
    if (!('entity' in feature)) continue;
    byKind.set(feature.entity, [...(byKind.get(feature.entity) ?? []), feature]);
  }
  return [...byKind].map(([kind, ofKind]) => layoutOf(kind, ofKind));
}

function layoutOf(kind: string, features: readonly SeriesFeature[]): Layout {
  const buckets = new Map<string, { track: BucketTrack; cells: Map<string, Cell> }>();
  const values = new Map<string, ValueTrack>();
  const memories = new Map<string, MemoryTrack>();
  for (const feature of features) {
    const { source, where } = feature;
    if (feature.of === 'distinct') {
      const { lengthMs } = featureWindows[feature.window];
      const key = valueTrackKey(feature);
      const keepMs = Math.max(lengthMs, values.get(key)?.keepMs ?? 0);
      values.set(key, { source, field: feature.field, where, keepMs });
    } else if ('window' in feature) {
      const { stepMs } = featureWindows[feature.window];
      const steps = stepsOf(featureWindows[feature.window]);
      const key = bucketTrackKey(source, stepMs);
      const kept = buckets.get(key) ?? {
        track: { source, stepMs, steps, cells: [] },
        cells: new Map(),
      };
      for (const cell of cellsOf(feature)) kept.cells.set(cellKey(cell), cell);
      buckets.set(key, {
        track: { ...kept.track, steps: Math.max(steps, kept.track.steps) },
        cells: kept.cells,
      });
    } else {
      const field = feature.of === 'differs' ? feature.field : undefined;
      memories.set(memoryTrackKey(feature), { source, field, where });
    }
  }
  const layout = {
    kind,
    buckets: [...buckets.values()].map(({ track, cells }) => ({
      ...track,
      cells: [...cells.values()],
    })),
    values: [...values.values()],
    memories: [...memories.values()],
  };
  return { ...layout, signature: hash53(JSON.stringify(layout)) };
}

/** The cells that a feature is made of, in the order in which it reads them. */
export function cellsOf(
  feature: Exclude<SeriesFeature, DistinctFeature | SinceFeature | DiffersFeature>,
): readonly Cell[] {
  const { where } = feature;
  const unit = undefined;
  switch (feature.of) {
    case 'count':
      return [{ of: 'count', field: undefined, unit, where }];
    case 'sum':
    case 'max':
    case 'min':
      return [{ of: feature.of, field: feature.field, unit, where }];
    case 'mean':
      return [
        { of: 'sum', field: feature.field, unit, where },
        { of: 'count', field: feature.field, unit, where },
      ];
    case 'share':
      return [
        { of: 'count', field: undefined, unit, where: feature.holds },
        { of: 'count', field: undefined, unit, where },
      ];
    case 'zScore':
      return [
        { of: 'count', field: feature.field, unit, where },
        { of: 'units', field: feature.field, unit: feature.unit, where },
        { of: 'squares', field: feature.field, unit: feature.unit, where },
      ];
  }
}

/** Where the cells of a feature lie in the layout of its entity. */
export function cellWindows(
  layout: Layout,
  feature: Parameters<typeof cellsOf>[0],
): readonly CellWindow[] {
  const window = featureWindows[feature.window];
  const track = layout.buckets.findIndex(
    ({ source, stepMs }) => source === feature.source && stepMs === window.stepMs,
  );
  const keys = layout.buckets[track]?.cells.map(cellKey) ?? [];
  return cellsOf(feature).map((cell) => ({
    track,
    cell: keys.indexOf(cellKey(cell)),
    steps: stepsOf(window),
  }));
}

/** Which of the layout's value tracks a feature reads. */
export function valueTrackOf(layout: Layout, feature: DistinctFeature): number {
  return layout.values.findIndex((track) => valueTrackKey(track) === valueTrackKey(feature));
}

/** Which of the layout's memories a feature reads. */
export function memoryTrackOf(layout: Layout, feature: SinceFeature | DiffersFeature): number {
  const keys = layout.memories.map((track) => memoryKey(track.source, track.where, track.field));
  return keys.indexOf(memoryTrackKey(feature));
}

function bucketTrackKey(source: string, stepMs: number): string {
  return `${source} ${stepMs}`;
}

function cellKey({ of, field, unit, where }: Cell): string {
  return JSON.stringify([of, field ?? null, unit ?? null, where ?? null]);
}

function valueTrackKey({
  source,
  field,
  where,
}: Pick<ValueTrack, 'source' | 'field'> & { readonly where?: Condition | undefined }): string {
  return JSON.stringify([source, field, where ?? null]);
}

function memoryTrackKey(feature: SinceFeature | DiffersFeature): string {
  return memoryKey(
    feature.source,
    feature.where,
    feature.of === 'differs' ? feature.field : undefined,
  );
}

function memoryKey(
  source: string,
  where: Condition | undefined,
  field: string | undefined,
): string {
  return JSON.stringify([source, where ?? null, field ?? null]);
}
