import { answerable } from './answerable.ts';
import { packState, type Remembered, readState, takeIn } from './entity-state.ts';
import type {
  EntityState,
  Feature,
  FeatureEvent,
  FeatureSetDeclaration,
  FeatureVector,
} from './feature.ts';
import { type Layout, layoutsOf } from './layout.ts';
import { noSource, type Point, readerOf } from './read-feature.ts';
import { requireSound } from './require-sound.ts';
import { featureSql, type SqlSpan } from './sql/feature-sql.ts';

/** What an event leaves: the states that it changed, and at a point the features. */
interface Taken {
  readonly states: ReadonlyMap<string, EntityState>;
  readonly vector: FeatureVector | undefined;
}

/** A moment at which nothing happens, seen from some entities; fields as far as features compare by them. */
type Moment = Pick<FeatureEvent, 'atMs' | 'entities'> & Partial<Pick<FeatureEvent, 'values'>>;

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
   * What is known at a moment: the features of these entities, and those that compare such a field
   * with them; others are left out. Nothing is taken in. Pure.
   *
   * @param states as {@link take} leaves them, by key; entities without one have no history.
   */
  at(moment: Moment, states: ReadonlyMap<string, EntityState>): FeatureVector;
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
    at({ atMs, entities, values = {} }, states) {
      const known = new Map<string, Remembered>();
      for (const [kind, id] of Object.entries(entities)) {
        const layout = layouts.get(kind);
        if (layout) known.set(kind, readState(layout, states.get(`${kind}|${id}`)));
      }
      const fields = new Set(Object.keys(values));
      const told = answerable(features, { kinds: new Set(known.keys()), fields });
      const event = { source: noSource, id: '', atMs, entities, values };
      const all = vectorOf({ event, before: known, after: known });
      return Object.fromEntries(told.map(({ name: feature }) => [feature, all[feature] ?? null]));
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
