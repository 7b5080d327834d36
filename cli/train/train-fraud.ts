import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { shopFraud } from '../../shared/fraud/features.ts';
import { fraudOptions, fraudOptionsOf, fraudUsage } from '../evaluate/fraud/options.ts';
import { learnableOrders, readOrderHistory } from '../evaluate/fraud/order-history.ts';
import type { SubCommand } from '../run-sub-command.ts';
import { learn } from './learn.ts';
import { orderParameters } from './order-parameters.ts';

const usage = `npm run train -- fraud [options]

Learns from the orders of a time and the labels that were known when it ended, and writes the model
as XGBoost's JSON. Features come from the lake by SQL, each as it was known at that moment.
npm run evaluate -- fraud tells what the model is worth on the orders after.

  --out FILE         the model's file (shared/fraud/model.json: that of the shop)
${fraudUsage}`;

async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { ...fraudOptions, out: { type: 'string', default: 'shared/fraud/model.json' } },
  });
  const options = await fraudOptionsOf('train', values);
  const toMs = options.toMs ?? Date.now();
  const history = await readOrderHistory(options);
  const orders = learnableOrders(history, toMs);
  const frauds = orders.filter(({ fraud }) => fraud).length;
  const names = shopFraud.features.map(({ name }) => name);
  const { text, ensemble, thresholds } = learn(names, orders, {
    parameters: { ...orderParameters, seed: options.seed },
    attributes: {
      trained_at: new Date().toISOString(),
      trained_until: new Date(toMs).toISOString(),
      trained_on: `${orders.length} labelled orders, ${frauds} of them fraud`,
    },
  });
  await writeFile(values.out, text);
  console.log(
    `${ensemble.treeCount} trees from ${orders.length.toLocaleString('en')} orders, ${frauds.toLocaleString('en')} of them fraud, in ${values.out} (${Math.round(text.length / 1_024)} KB)
Review from ${thresholds.review}, block ${thresholds.block === null ? 'never' : `from ${thresholds.block}`}`,
  );
  return 0;
}

/** The command behind `npm run train -- fraud`. */
export const trainFraud: SubCommand = { usage, run };
