import type { Condition, Feature, FeatureSetDeclaration, FeatureSource } from './feature.ts';
import { featureWindows } from './windows.ts';

const namePattern = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const fieldPattern = /^[a-zA-Z][a-zA-Z0-9_]*$/;

/** @throws RangeError for a set whose features could not be computed, saying which and why. */
export function requireSound(set: string, declaration: FeatureSetDeclaration): void {
  const { sources, features, points, memoryMs } = declaration;
  const wrong = (what: string, value: unknown): RangeError =>
    new RangeError(`Cannot declare features ${set}: ${what}: received ${JSON.stringify(value)}`);

  for (const [name, { entities, values, rows }] of Object.entries(sources)) {
    for (const word of [name, ...entities, ...Object.keys(values)]) {
      if (!fieldPattern.test(word))
        throw wrong(
          'names of sources, entities and fields are letters, digits and underscores',
          word,
        );
    }
    const missing = rows && [
      ...entities.filter((kind) => rows.entities[kind] === undefined),
      ...Object.keys(values).filter((field) => rows.values[field] === undefined),
    ];
    if (missing?.length) throw wrong(`the rows of ${name} lack columns`, missing);
  }
  const types = new Map<string, string>();
  for (const [field, type] of Object.values(sources).flatMap(({ values }) =>
    Object.entries(values),
  )) {
    if ((types.get(field) ?? type) !== type) {
      throw wrong('a field is of one type in all sources', field);
    }
    types.set(field, type);
  }
  for (const point of points)
    if (!sources[point]) throw wrong('a point is an event of a source', point);
  const longestMs = Math.max(
    0,
    ...features.map((feature) =>
      'window' in feature ? featureWindows[feature.window].lengthMs : 0,
    ),
  );
  if (!(memoryMs >= longestMs))
    throw wrong(`what is remembered must span ${longestMs} ms`, memoryMs);

  const seen = new Set<string>();
  for (const feature of features) {
    const { name, meaning } = feature;
    if (!namePattern.test(name))
      throw wrong('a name is words of lower-case letters and digits, joined by _', name);
    if (seen.has(name)) throw wrong('every name is given once', name);
    if (meaning.trim() === '') throw wrong(`${name} must say what it means`, meaning);
    const fault = faultOf(feature, declaration, seen);
    if (fault !== undefined) throw wrong(`${name}: ${fault}`, feature);
    seen.add(name);
  }
}

function faultOf(
  feature: Feature,
  { sources, points }: FeatureSetDeclaration,
  before: ReadonlySet<string>,
): string | undefined {
  if ('left' in feature) {
    const isDeclared = before.has(feature.left) && before.has(feature.right);
    return isDeclared ? undefined : 'the features of a pair are declared before it';
  }
  if (!('entity' in feature)) {
    if (!('field' in feature)) return undefined;
    const isKnown = points.some((point) => sources[point]?.values[feature.field] !== undefined);
    return isKnown ? undefined : 'no point has the field';
  }
  const source = sources[feature.source];
  if (!source) return 'there is no such source';
  if (!source.entities.includes(feature.entity))
    return 'events of the source do not have the entity';
  if (!points.some((point) => sources[point]?.entities.includes(feature.entity))) {
    return 'no point has the entity';
  }
  return fieldFault(feature, source);
}

function fieldFault(feature: Feature, { values }: FeatureSource): string | undefined {
  const conditions: (Condition | undefined)[] = [
    'where' in feature ? feature.where : undefined,
    'holds' in feature ? feature.holds : undefined,
  ];
  for (const condition of conditions) {
    if (condition && values[condition.field] === undefined)
      return `the source has no ${condition.field}`;
  }
  if (!('field' in feature)) return undefined;
  const type = values[feature.field];
  if (type === undefined) return `the source has no ${feature.field}`;
  const isAdded = ['sum', 'mean', 'max', 'min', 'zScore'].includes(feature.of);
  return isAdded && type !== 'bigint' ? 'only integers are added up' : undefined;
}
