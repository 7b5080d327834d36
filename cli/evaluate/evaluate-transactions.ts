import path from 'node:path';
import { parseArgs } from 'node:util';
import type { TreeEnsemble } from '../../shared/model/tree-ensemble.ts';
import { collectRefusals } from '../import/refusals.ts';
import type { SubCommand } from '../run-sub-command.ts';
import { learn } from '../train/learn.ts';
import { transactionParameters } from '../train/transaction-parameters.ts';
import { dayText } from './day-text.ts';
import type { LabelledRow } from './labelled-row.ts';
import { type ModelFile, modelFile } from './model-file.ts';
import { figuresOf, patternsOf } from './report/figures-of.ts';
import type { EvaluationReport } from './report/report.ts';
import { tellReport } from './report/tell-report.ts';
import { importanceOf, scoredByRegression, scoredByTrees } from './scored-by.ts';
import {
  type TransactionOptions,
  transactionOptions,
  transactionOptionsOf,
  transactionUsage,
} from './transactions/options.ts';
import { type TransactionRows, transactionRows } from './transactions/transaction-rows.ts';

const usage = `npm run evaluate -- transactions FILE.csv [options]

Learns from labelled transactions of some days and is held against those of later ones, as the Fraud
Detection Handbook does it: between both lie the days until a label is known, and a card that is
known as defrauded is no longer tested. Features (how many and how much on the average, of which
share fraud had become known, in 1, 7 and 30 days of each entity) are computed by the stream engine.

${transactionUsage}
  --model FILE       evaluates this model (XGBoost's JSON) instead of one learnt from the file
  --html FILE        writes the report as a page with curves
  --json             the report as one JSON document instead of text`;

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...transactionOptions,
      model: { type: 'string' },
      html: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const options = transactionOptionsOf('evaluate', values, positionals);
  const startedMs = Date.now();
  const refusals = await collectRefusals(options.refused);
  const rows = await transactionRows(options, refusals);
  await refusals.close();
  const names = rows.set.features.map(({ name }) => name);
  const model = values.model === undefined ? undefined : await modelFile(values.model, names);
  const report = reportOf(rows, options, model);
  await tellReport(report, { ...values, tookMs: Date.now() - startedMs });
  const refused = refusals.text();
  if (refused !== undefined) console.error(refused);
  return refusals.count() > 0 ? 1 : 0;
}

function reportOf(
  rows: TransactionRows,
  options: TransactionOptions,
  model: ModelFile | undefined,
): EvaluationReport {
  const { training, test, spans, set } = rows;
  const names = set.features.map(({ name }) => name);
  const learnt = learn(names, training, {
    parameters: { ...transactionParameters, seed: options.seed },
    attributes: {},
  });
  const { ensemble, thresholds } = model ?? learnt;
  const ways = [
    scoredByTrees(ensemble, thresholds.review, test),
    scoredByRegression(learnt.logistic, learnt.logisticThreshold, names, test),
  ];
  return {
    title: `Transactions of ${path.basename(options.file)}`,
    about: aboutOf(rows, options, ensemble),
    figures: ways.map((way) => figuresOf(way, test, spans.testFromMs)),
    patterns: patternsOf(test, ways),
    rules: [],
    importance: importanceOf(ensemble, test),
    notes: [],
  };
}

function aboutOf(
  { spans, transactions, training, test, leftOut }: TransactionRows,
  { card }: TransactionOptions,
  { treeCount }: TreeEnsemble,
): EvaluationReport['about'] {
  const count = (rows: readonly LabelledRow[]) =>
    `${rows.length.toLocaleString('en')} transactions, ${rows.filter(({ fraud }) => fraud).length.toLocaleString('en')} of them fraud`;
  const span = (fromMs: number, toMs: number) => `${dayText(fromMs)} to ${dayText(toMs - 1)}`;
  const left =
    card === undefined
      ? 'nobody'
      : `${leftOut.toLocaleString('en')} transactions of a ${card} known as defrauded by then`;
  return [
    ['file', `${transactions.toLocaleString('en')} transactions`],
    ['learnt from', `${span(spans.trainFromMs, spans.delayFromMs)}: ${count(training)}`],
    ['held against', `${span(spans.testFromMs, spans.testToMs)}: ${count(test)}`],
    ['left out', left],
    ['model', `${treeCount} trees`],
  ];
}

/** The command behind `npm run evaluate -- transactions`. */
export const evaluateTransactions: SubCommand = { usage, run };
