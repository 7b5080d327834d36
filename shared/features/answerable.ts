import type { Feature } from './feature.ts';

/** What is known of a moment: kinds of entities, and fields. */
interface Known {
  readonly kinds: ReadonlySet<string>;
  readonly fields: ReadonlySet<string>;
}

/** The features that follow from what is known of a moment alone, in their order. */
export function answerable(features: readonly Feature[], known: Known): readonly Feature[] {
  const names = new Set<string>();
  return features.filter((feature) => {
    const isAnswerable =
      'left' in feature
        ? names.has(feature.left) && names.has(feature.right)
        : (!('entity' in feature) || known.kinds.has(feature.entity)) &&
          (!looksAtPoint(feature) || known.fields.has(feature.field));
    if (isAnswerable) names.add(feature.name);
    return isAnswerable;
  });
}

function looksAtPoint(
  feature: Feature,
): feature is Extract<Feature, { of: 'value' | 'elapsed' | 'zScore' | 'differs' }> {
  return ['value', 'elapsed', 'zScore', 'differs'].includes(feature.of);
}
