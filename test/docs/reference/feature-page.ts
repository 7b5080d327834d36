import type { Condition, Feature } from '../../../shared/features/feature.ts';
import type { FeatureSet } from '../../../shared/features/feature-set.ts';
import { type Layout, layoutsOf } from '../../../shared/features/layout.ts';
import { featureWindows, type WindowName } from '../../../shared/features/windows.ts';

const digitsMax = 16;
/** Up to how many different values are told apart. */
export const distinctMax = 32;

/** What a window covers, for a page of features. */
export const windowMeaning =
  'At a point of time `t` a window covers the events `e` with `floor(e / step) > floor(t / step) - length / step`.';

/** A table of the windows that features of a set have. */
export function windowTable({ features }: FeatureSet): readonly string[] {
  const used = new Set(features.flatMap((each) => ('window' in each ? [each.window] : [])));
  return [
    '| window | length | step | buckets |',
    '|---|---|---|---|',
    ...(Object.keys(featureWindows) as WindowName[])
      .filter((name) => used.has(name))
      .map((name) => {
        const { lengthMs, stepMs } = featureWindows[name];
        return `| \`${name}\` | ${timeText(lengthMs)} | ${timeText(stepMs)} | ${lengthMs / stepMs} |`;
      }),
    '',
  ];
}

/** Kinds of entities that features of a set are of, in their order. */
export function kindsOf({ features }: FeatureSet): readonly string[] {
  return [...new Set(features.flatMap((each) => ('entity' in each ? [each.entity] : [])))];
}

/** What the set keeps of each kind of entity, and how large that becomes. */
export function keptTable(set: FeatureSet): readonly string[] {
  return [
    'A row of state per entity, JSON of integers. A bucket without events takes no room; the size is the one that no history exceeds.',
    '',
    '| entity | buckets of sums | lists of values | times | largest state |',
    '|---|---|---|---|---|',
    ...layoutsOf(set).map(
      (layout) =>
        `| ${layout.kind} | ${layout.buckets.length} | ${layout.values.length} | ${layout.memories.length} | ${Math.ceil(largestState(layout) / 1_000)} KB |`,
    ),
  ];
}

/** Features with their windows, where they come from and what they say. */
export function tableOf(features: readonly Feature[]): readonly string[] {
  return [
    '| feature | window | from | says |',
    '|---|---|---|---|',
    ...features.map(
      (feature) =>
        `| \`${feature.name}\` | ${'window' in feature ? `\`${feature.window}\`` : ''} | ${fromText(feature)} | ${feature.meaning} |`,
    ),
    '',
  ];
}

function fromText(feature: Feature): string {
  if ('left' in feature) {
    const { of, left, right } = feature;
    if (of === 'trend') return `\`${left}\` against the rest of \`${right}\``;
    const times = feature.times === undefined ? '' : ` × ${feature.times}`;
    return `\`${left}\`${times} ${of === 'ratio' ? '/' : '-'} \`${right}\``;
  }
  if (!('entity' in feature)) {
    const field = 'field' in feature ? `\`${feature.field}\`` : 'time';
    if ('equals' in feature) return `${field} is ${wordsOf(feature.equals)}`;
    return 'among' in feature ? `${field} among ${feature.among?.join(', ')}` : field;
  }
  const field = 'field' in feature ? ` of \`${feature.field}\`` : '';
  const parts = [
    `${words[feature.of]}${field}, ${feature.source}`,
    'holds' in feature && `share with ${conditionText(feature.holds)}`,
    feature.where && `where ${conditionText(feature.where)}`,
    (feature.of === 'zScore' || ('before' in feature && feature.before)) && 'before',
  ];
  return parts.filter(Boolean).join(', ');
}

const words: Readonly<Record<string, string>> = {
  count: 'count',
  sum: 'sum',
  mean: 'mean',
  max: 'greatest',
  min: 'least',
  distinct: 'different values',
  share: 'share',
  zScore: 'deviation',
  sinceFirst: 'time since the first',
  sinceLast: 'time since the last before',
  differs: 'other value than before',
};

function conditionText({ field, equals }: Condition): string {
  return `\`${field}\` ${wordsOf(equals)}`;
}

function wordsOf(equals: Condition['equals'] | undefined): string {
  return [equals].flat().join(' or ');
}

function timeText(ms: number): string {
  const units: readonly [number, string][] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
  ];
  const [unitMs, unit] = units.find(([size]) => ms % size === 0) ?? [1_000, 's'];
  return `${ms / unitMs} ${unit}`;
}

/** In characters: every number as long as an exact integer can be, with a comma. */
function largestState({ buckets, values, memories }: Layout): number {
  const number = digitsMax + 1;
  const sums = buckets.map(({ steps, cells }) => steps * (1 + cells.length) * number);
  const numbers = values.length * distinctMax * 2 + memories.length * 3 + 1;
  return sums.reduce((total, size) => total + size, 0) + numbers * number;
}
