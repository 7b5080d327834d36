import { packState, type Remembered, readState, takeIn } from './entity-state.ts';
import type {
  EntityState,
  Feature,
  FeatureEvent,
  FeatureSetDeclaration,
  FeatureVector,
} from './feature.ts';
import { type Layout, layoutsOf } from './layout.ts';
import { type Point, readerOf } from './read-feature.ts';
import { requireSound } from './require-sound.ts';
import { featureSql, type SqlSpan } from './sql/feature-sql.ts';

/** What an event leaves: the states that it changed, and at a point the features. */
interface Taken {
  readonly states: ReadonlyMap<string, EntityState>;
  readonly vector: FeatureVector | undefined;
}

/** Features that are computed together, at the event and in SQL. */
export interface FeatureSet {
  readonly name: string;
  readonly features: readonly Feature[];
  readonly points: readonly string[];
  readonly memoryMs: number;
  /** The entities an event touches or is seen with, `kind|id`: what {@link take} needs the states of. */
  keys(event: FeatureEvent): readonly string[];
  /**
   * Takes an event into the states of its entities and reads the features with it. Pure.
   *
   * @param states by key; entities without one are new.
   */
  take(event: FeatureEvent, states: ReadonlyMap<string, EntityState>): Taken;
  /**
   * The same features of every point of a span, as one statement of Trino's SQL over the lake.
   *
   * @throws RangeError where a source has no rows there.
   */
  sql(span?: SqlSpan): string;
}

/**
 * Declares a set of features. What each kind of entity must keep, and how each feature is read from
 * it or from the lake, follows from the declarations.
 *
 * @throws RangeError for a declaration that contradicts itself, with the feature's name.
 */
export function featureSet(name: string, declaration: FeatureSetDeclaration): FeatureSet {
  requireSound(name, declaration);
  const { sources, features, points, memoryMs } = declaration;
  const layouts = new Map(layoutsOf(declaration).map((layout) => [layout.kind, layout]));
  const readers = features.map((feature) => ({
    name: feature.name,
    read: readerOf(feature, layouts, declaration),
  }));
  const plans = new Map(
    Object.entries(sources).map(([source, { entities }]) => [
      source,
      entities.map((kind): Plan => planOf(source, kind, layouts.get(kind))),
    ]),
  );
  const isPoint = new Set(points);

  function touched({ source, entities }: FeatureEvent): readonly Touched[] {
    const touches: Touched[] = [];
    for (const plan of plans.get(source) ?? []) {
      const id = entities[plan.kind];
      if (id !== undefined) touches.push({ ...plan, key: `${plan.kind}|${id}` });
    }
    return touches;
  }

  return {
    name,
    features,
    points,
    memoryMs,
    keys: (event) => touched(event).map(({ key }) => key),
    take(event, states) {
      const before = new Map<string, Remembered>();
      const after = new Map<string, Remembered>();
      const changed = new Map<string, EntityState>();
      for (const { layout, writes, key } of touched(event)) {
        if (!layout) continue;
        const remembered = readState(layout, states.get(key));
        const taken = writes ? takeIn(layout, remembered, event, memoryMs) : remembered;
        before.set(layout.kind, remembered);
        after.set(layout.kind, taken);
        if (writes) changed.set(key, packState(layout, taken));
      }
      if (!isPoint.has(event.source)) return { states: changed, vector: undefined };
      return { states: changed, vector: vectorOf({ event, before, after }) };
    },
    sql: (span = {}) => featureSql(declaration, [...layouts.values()], span),
  };

  function vectorOf(point: Point): FeatureVector {
    const vector: Record<string, number | null> = {};
    for (const { name: feature, read } of readers) vector[feature] = read(point, vector);
    return vector;
  }
}

interface Plan {
  readonly kind: string;
  /** Undefined for a kind that has no features: it is only named. */
  readonly layout: Layout | undefined;
  /** Whether the entity remembers anything of such events; else they only look at it. */
  readonly writes: boolean;
}

interface Touched extends Plan {
  readonly key: string;
}

function planOf(source: string, kind: string, layout: Layout | undefined): Plan {
  const tracks = layout ? [...layout.buckets, ...layout.values, ...layout.memories] : [];
  return { kind, layout, writes: tracks.some((track) => track.source === source) };
}
