import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { dayText } from '../evaluate/day-text.ts';
import {
  transactionOptions,
  transactionOptionsOf,
  transactionUsage,
} from '../evaluate/transactions/options.ts';
import { transactionRows } from '../evaluate/transactions/transaction-rows.ts';
import { collectRefusals } from '../import/refusals.ts';
import type { SubCommand } from '../run-sub-command.ts';
import { learn } from './learn.ts';
import { transactionParameters } from './transaction-parameters.ts';

const usage = `npm run train -- transactions FILE.csv --out model.json [options]

Learns from labelled transactions of some days, and writes the model as XGBoost's JSON; evaluate
tells what it is worth on the days after.

  --out FILE         the model's file
${transactionUsage}`;

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...transactionOptions, out: { type: 'string' } },
  });
  const { out } = values;
  if (out === undefined) {
    throw new RangeError('Cannot train: --out names the file of the model: received none');
  }
  const options = transactionOptionsOf('train', values, positionals);
  const refusals = await collectRefusals(options.refused);
  const { set, spans, training } = await transactionRows(options, refusals);
  await refusals.close();
  const names = set.features.map(({ name }) => name);
  const { text, ensemble, thresholds } = learn(names, training, {
    parameters: { ...transactionParameters, seed: options.seed },
    attributes: {
      trained_at: new Date().toISOString(),
      trained_on: `${training.length} transactions of ${dayText(spans.trainFromMs)} to ${dayText(spans.delayFromMs - 1)}`,
    },
  });
  await writeFile(out, text);
  console.log(
    `${ensemble.treeCount} trees from ${training.length.toLocaleString('en')} transactions in ${out}; review from ${thresholds.review}, block ${thresholds.block === null ? 'never' : `from ${thresholds.block}`}`,
  );
  const refused = refusals.text();
  if (refused !== undefined) console.error(refused);
  return refusals.count() > 0 ? 1 : 0;
}

/** The command behind `npm run train -- transactions`. */
export const trainTransactions: SubCommand = { usage, run };
