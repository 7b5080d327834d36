import type { Settings } from '../config/settings.ts';
import { shopFraud } from './features.ts';
import type { Judging } from './judge.ts';
import { fraudRules } from './rules/rules.ts';
import { shopModel } from './shop-model.ts';

/** By what this shop judges its orders. */
export function shopJudging(settings: Settings): Judging {
  return { features: shopFraud, rules: fraudRules(settings), model: shopModel() };
}
