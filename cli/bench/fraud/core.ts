import { settings } from '../../../shared/config/settings.ts';
import type { EntityState, FeatureEvent, FeatureVector } from '../../../shared/features/feature.ts';
import { evaluateRules } from '../../../shared/fraud/evaluate-rules.ts';
import type { FraudState } from '../../../shared/fraud/fraud-state.ts';
import { judge, judgeKeys } from '../../../shared/fraud/judge.ts';
import { scorePoint } from '../../../shared/fraud/score-point.ts';
import { shopJudging } from '../../../shared/fraud/shop-judging.ts';
import { crowdEvents } from './crowd.ts';

interface SeenPoint {
  readonly event: FeatureEvent;
  readonly vector: FeatureVector;
}

/**
 * Measures what a core makes of the events of so many orders without store or network, each part
 * alone: features, rules, score with its reasons, and everything at once as the job does it.
 */
export function benchFraudCore(orders: number): void {
  const events = crowdEvents(orders);
  const judging = shopJudging(settings({}));
  const { features, rules, model } = judging;
  const meanings = new Map(features.features.map((feature) => [feature.name, feature]));
  const print = (part: string, line: object): void =>
    console.log(JSON.stringify({ bench: 'fraud', part, ...line }));

  const points: SeenPoint[] = [];
  const states = new Map<string, EntityState>();
  const ofFeatures = timed(events, (event) => {
    const read = new Map<string, EntityState>();
    for (const key of features.keys(event)) {
      const state = states.get(key);
      if (state !== undefined) read.set(key, state);
    }
    const taken = features.take(event, read);
    for (const [key, state] of taken.states) states.set(key, state);
    if (taken.vector) points.push({ event, vector: taken.vector });
  });
  print('features', { features: features.features.length, points: points.length, ...ofFeatures });

  const nothing = new Map<string, FraudState>();
  const ofRules = timed(points, (point) => {
    evaluateRules({ ...point, scored: undefined }, nothing, rules, meanings);
  });
  print('rules', { rules: rules.length, ...ofRules });

  if (model) {
    const ofScores = timed(points, ({ vector }) => model.ensemble.score(vector));
    print('score', { model: model.version, ...ofScores });
    const ofReasons = timed(points, ({ vector }) => scorePoint(model, vector, meanings));
    print('score-and-reasons', ofReasons);
  }

  const remembered = new Map<string, FraudState>();
  let keys = 0;
  let alerts = 0;
  const ofJudging = timed(events, (event) => {
    const read = new Map<string, FraudState>();
    for (const key of judgeKeys(event, judging)) {
      keys += 1;
      const state = remembered.get(key);
      if (state) read.set(key, state);
    }
    const judgement = judge(event, read, judging);
    for (const [key, state] of judgement.states) remembered.set(key, state);
    alerts += judgement.alerts.length;
  });
  print('judge', {
    ...ofJudging,
    pointsPerSecond: Math.round((ofJudging.perSecond * points.length) / events.length),
    keysPerEvent: Math.round((keys / events.length) * 10) / 10,
    alerts,
    ...sizesOf(remembered),
  });
}

/** Characters of the states as they are stored, by kind of entity: the mean and the largest. */
function sizesOf(states: ReadonlyMap<string, FraudState>) {
  const byKind = Map.groupBy(states, ([key]) => key.slice(0, key.indexOf('|')));
  const stateBytes: Record<string, { readonly mean: number; readonly max: number }> = {};
  for (const [kind, found] of byKind) {
    const lengths = found.map(([, state]) => JSON.stringify(state).length);
    const mean = Math.round(lengths.reduce((sum, length) => sum + length, 0) / lengths.length);
    stateBytes[kind] = { mean, max: Math.max(...lengths) };
  }
  return { stateBytes };
}

/** Time that this process has had a core: a busy machine tells what one core would do. */
function timed<Item>(items: readonly Item[], use: (item: Item) => void) {
  const fromMs = cpuMs();
  for (const item of items) use(item);
  const tookMs = cpuMs() - fromMs;
  return {
    evaluations: items.length,
    perSecond: Math.round((items.length / tookMs) * 1_000),
    microsecondsEach: Math.round((tookMs / items.length) * 10_000) / 10,
  };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
