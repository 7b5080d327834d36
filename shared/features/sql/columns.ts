import type { FeatureSetDeclaration, SeriesFeature } from '../feature.ts';
import { cellWindows, type Layout, memoryTrackOf, valueTrackOf } from '../layout.ts';
import { featureWindows, stepsOf } from '../windows.ts';
import { addendSql, fieldColumn, quoted, whereSql } from './text.ts';

/** What a window function goes over: a column of what the events bring along, and over which steps. */
export interface WindowRead {
  readonly column: string;
  readonly of: 'sum' | 'max' | 'min';
  readonly input: string;
  readonly stepMs: number;
  readonly steps: number;
}

/** Different values to be counted over a window. */
export interface DistinctRead {
  readonly column: string;
  readonly track: number;
  readonly stepMs: number;
  readonly steps: number;
}

/** What the features of an entity read, each once. */
export function readsOf(layout: Layout, features: readonly SeriesFeature[], inputs: Inputs) {
  const windows = new Map<string, WindowRead>();
  const distincts = new Map<string, DistinctRead>();
  for (const feature of features) {
    if (!('window' in feature)) continue;
    const { stepMs } = featureWindows[feature.window];
    if (feature.of === 'distinct') {
      const steps = stepsOf(featureWindows[feature.window]);
      const track = valueTrackOf(layout, feature);
      const column = distinctColumn(layout, feature);
      distincts.set(column, { column, track, stepMs, steps });
      continue;
    }
    for (const { track, cell, steps } of cellWindows(layout, feature)) {
      const of = layout.buckets[track]?.cells[cell]?.of ?? 'sum';
      const column = windowColumn(track, cell, steps);
      windows.set(column, {
        column,
        of: of === 'max' || of === 'min' ? of : 'sum',
        input: inputs.cells[track]?.[cell] ?? '',
        stepMs,
        steps,
      });
    }
  }
  return { windows: [...windows.values()], distincts: [...distincts.values()] };
}

/** Columns of what an event brings along: what it adds to cells, and its time and value where it is remembered. */
interface Inputs {
  /** `expression AS column`, each once. */
  readonly selected: readonly string[];
  /** By track and cell. */
  readonly cells: readonly (readonly string[])[];
  readonly memories: readonly { readonly time: string; readonly value: string | undefined }[];
}

/** Names what the events of an entity bring along; equal expressions are one column. */
export function inputsOf({ buckets, memories }: Layout): Inputs {
  const columns = new Map<string, string>();
  const columnOf = (source: string, expression: string): string => {
    const ofSource = `CASE WHEN src = ${quoted(source)} THEN ${expression} END`;
    const column = columns.get(ofSource) ?? `x${columns.size}`;
    columns.set(ofSource, column);
    return column;
  };
  const cells = buckets.map((track) =>
    track.cells.map((cell) => columnOf(track.source, addendSql(cell))),
  );
  const remembered = memories.map(({ source, field, where }) => {
    if (field === undefined) {
      return { time: columnOf(source, whereSql(where, 'at_ms')), value: undefined };
    }
    const value = whereSql(where, fieldColumn(field));
    return {
      time: columnOf(source, `CASE WHEN ${value} IS NOT NULL THEN at_ms END`),
      value: columnOf(source, value),
    };
  });
  const selected = [...columns].map(([expression, column]) => `${expression} AS ${column}`);
  return { selected, cells, memories: remembered };
}

/** The values that are told apart, a column `y` for each of the layout's tracks. */
export function valuesOf({ values }: Layout): readonly string[] {
  return values.map(
    ({ source, field, where }, index) =>
      `CASE WHEN src = ${quoted(source)} THEN ${whereSql(where, fieldColumn(field))} END AS y${index}`,
  );
}

/** The fields that an entity's tracks look at, with the source and type of each. */
export function fieldsOfLayout(
  { buckets, values, memories }: Layout,
  sources: FeatureSetDeclaration['sources'],
): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const add = (source: string, field: string | undefined): void => {
    const type = field === undefined ? undefined : sources[source]?.values[field];
    if (field !== undefined && type !== undefined) fields.set(field, type);
  };
  for (const { source, cells } of buckets) {
    for (const { field, where } of cells)
      for (const each of [field, where?.field]) add(source, each);
  }
  for (const { source, field, where } of [...values, ...memories]) {
    for (const each of [field, where?.field]) add(source, each);
  }
  return fields;
}

/** The column of a window of a cell. */
export function windowColumn(track: number, cell: number, steps: number): string {
  return `w${track}_${cell}_${steps}`;
}

/** The column in which a feature's different values are counted. */
export function distinctColumn(
  layout: Layout,
  feature: Extract<SeriesFeature, { of: 'distinct' }>,
): string {
  return `d${valueTrackOf(layout, feature)}_${feature.window}`;
}

/**
 * The column of what a feature remembers at a point: `m`, its own time, `p`, the time before, `pv`,
 * the value then, `f`, the first time.
 */
export function memoryColumn(
  layout: Layout,
  feature: Extract<SeriesFeature, { of: 'sinceFirst' | 'sinceLast' | 'differs' }>,
  what: 'm' | 'p' | 'pv' | 'f',
): string {
  return `${what}${memoryTrackOf(layout, feature)}`;
}
