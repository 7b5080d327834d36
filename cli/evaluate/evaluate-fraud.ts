import { parseArgs } from 'node:util';
import { shopFraud } from '../../shared/fraud/features.ts';
import type { FraudRule } from '../../shared/fraud/rule.ts';
import { fraudRules } from '../../shared/fraud/rules/rules.ts';
import { deployedSettings } from '../deployed-settings.ts';
import type { SubCommand } from '../run-sub-command.ts';
import { learn } from '../train/learn.ts';
import { orderParameters } from '../train/order-parameters.ts';
import { dayText } from './day-text.ts';
import {
  type FraudOptions,
  fraudOptions,
  fraudOptionsOf,
  fraudUsage,
  instantFrom,
} from './fraud/options.ts';
import {
  labelledOrders,
  learnableOrders,
  type OrderHistory,
  readOrderHistory,
} from './fraud/order-history.ts';
import { ruleHits } from './fraud/rule-hits.ts';
import type { LabelledRow } from './labelled-row.ts';
import { type ModelFile, modelFile } from './model-file.ts';
import { figuresOf, patternsOf, type Scored } from './report/figures-of.ts';
import type { EvaluationReport, PatternRow, RuleRow } from './report/report.ts';
import { tellReport } from './report/tell-report.ts';
import { importanceOf, scoredByRegression, scoredByTrees } from './scored-by.ts';

const usage = `npm run evaluate -- fraud [options]

Holds the model of the shop's orders against a later time than it has learnt from: features of every
order and payment from the lake by SQL, each as it was known at that moment, and labels that were
known when the training time ended. Beside it the rules alone, and logistic regression.

  --model FILE       evaluates this model (XGBoost's JSON) instead of one learnt on the way
  --train-until T    learns from what lies before, with the labels known then; is held against what
                     comes after (by default after seven tenths of the orders)
${fraudUsage}
  --html FILE        writes the report as a page with curves
  --json             the report as one JSON document instead of text`;

const trainedShare = 0.7;
const rulesAlone = 'rules alone';
const names = shopFraud.features.map(({ name }) => name);

async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...fraudOptions,
      model: { type: 'string' },
      'train-until': { type: 'string' },
      html: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const startedMs = Date.now();
  const options = await fraudOptionsOf('evaluate', values);
  const until = instantFrom('evaluate', '--train-until', values['train-until']);
  const model = values.model === undefined ? undefined : await modelFile(values.model, names);
  const history = await readOrderHistory(options);
  const rules = fraudRules(await deployedSettings(values));
  const report = reportOf(history, options, until ?? sevenTenths(history), model, rules);
  await tellReport(report, { ...values, tookMs: Date.now() - startedMs });
  return 0;
}

function sevenTenths({ name, points }: OrderHistory): number {
  const point = points[Math.floor(points.length * trainedShare)];
  if (point !== undefined) return point.atMs;
  throw new Error(`Cannot evaluate: the lake of ${name} holds no orders of this time: received 0`);
}

function reportOf(
  history: OrderHistory,
  { seed }: FraudOptions,
  untilMs: number,
  model: ModelFile | undefined,
  rules: readonly FraudRule[],
): EvaluationReport {
  const training = learnableOrders(history, untilMs);
  const toMs = Number.POSITIVE_INFINITY;
  const test = labelledOrders(history, { fromMs: untilMs, toMs, knownAtMs: toMs });
  if (test.length === 0) {
    throw new Error(
      `Cannot evaluate: no order from ${dayText(untilMs)} on has a label; see --labels and --train-until: received ${history.points.length} orders and payments`,
    );
  }
  const learnt = learn(names, training, {
    parameters: { ...orderParameters, seed },
    attributes: {},
  });
  const { ensemble, thresholds } = model ?? learnt;
  const hits = ruleHits(history.points, rules);
  const ways = [
    scoredByTrees(ensemble, thresholds.review, test),
    scoredByRegression(learnt.logistic, learnt.logisticThreshold, names, test),
    scoredByRules(hits, test),
  ];
  const patterns = patternsOf(test, ways);
  const count = (rows: readonly LabelledRow[]) =>
    `${rows.length.toLocaleString('en')} labelled orders, ${rows.filter(({ fraud }) => fraud).length.toLocaleString('en')} of them fraud`;
  return {
    title: `Fraud among the orders of ${history.name}`,
    about: [
      [
        model ? 'regression learnt from' : 'learnt from',
        `before ${dayText(untilMs)}: ${count(training)}`,
      ],
      ['held against', `from then on: ${count(test)}`],
      ['model', `${ensemble.treeCount} trees over ${ensemble.featureNames.length} features`],
      [
        'thresholds',
        `review from ${thresholds.review}, block ${thresholds.block === null ? 'never' : `from ${thresholds.block}`}`,
      ],
    ],
    figures: ways.map((way) => figuresOf(way, test, untilMs)),
    patterns,
    rules: rulesOf(hits, test),
    importance: importanceOf(ensemble, test),
    notes: [...missedByRules(patterns), ...seenBefore(model, untilMs)],
  };
}

type RuleHits = ReturnType<typeof ruleHits>;

/** An order is told where a rule fires; how many do is its rank. */
function scoredByRules(hits: RuleHits, rows: readonly LabelledRow[]): Scored {
  const scores = Float64Array.from(rows, ({ id }) => hits.get(id)?.size ?? 0);
  return { name: rulesAlone, scores, threshold: 1, isProbability: false };
}

function rulesOf(hits: RuleHits, rows: readonly LabelledRow[]): readonly RuleRow[] {
  const firings = rows.flatMap(({ id, fraud }) =>
    [...(hits.get(id) ?? [])].map((rule) => ({ rule, fraud })),
  );
  return [...Map.groupBy(firings, ({ rule }) => rule)]
    .map(([rule, of]) => ({
      rule,
      fires: of.length,
      frauds: of.filter(({ fraud }) => fraud).length,
    }))
    .sort((one, other) => other.fires - one.fires);
}

/** Names what no rule sees, the most first. */
function missedByRules(patterns: readonly PatternRow[]): readonly string[] {
  const missed = patterns
    .map(({ pattern, frauds, found }) => {
      const count = found.find(({ by }) => by === rulesAlone)?.count ?? 0;
      return { pattern, frauds, missed: frauds - count };
    })
    .filter((row) => row.missed > 0)
    .sort((one, other) => other.missed - one.missed);
  if (missed.length === 0) return [];
  const named = missed.map((row) => `${row.pattern} (${row.missed} of ${row.frauds})`);
  return [`Frauds at which no rule fires: ${named.join(', ')}.`];
}

/** A model that has learnt from what it is held against says nothing. */
function seenBefore(model: ModelFile | undefined, untilMs: number): readonly string[] {
  if (model === undefined) return [];
  const trainedUntil = model.ensemble.attributes['trained_until'];
  if (trainedUntil === undefined) {
    return [
      'The model does not say until when it has learnt (trained_until): if it knows these orders, the figures are too good.',
    ];
  }
  if (Date.parse(trainedUntil) <= untilMs) return [];
  return [
    `The model has learnt from orders before ${trainedUntil}: figures of earlier ones are too good. See --train-until.`,
  ];
}

/** The command behind `npm run evaluate -- fraud`. */
export const evaluateFraud: SubCommand = { usage, run };
