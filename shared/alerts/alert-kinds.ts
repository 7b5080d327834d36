import type { Settings } from '../config/settings.ts';
import { fraudRules } from '../fraud/rules/rules.ts';

/** Kinds that tell of a moment of the shop: told long after it they would only mislead. */
export const momentaryKinds = ['sales-spike', 'flash-sale'] as const;

export type MomentaryKind = (typeof momentaryKinds)[number];

/** Every kind of alert that jobs raise; a job that raises another adds it here. */
export function alertKinds(settings: Settings): readonly string[] {
  return [...fraudRules(settings).map(({ name }) => name), ...momentaryKinds];
}
