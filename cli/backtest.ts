import { fraudJob } from '../shared/fraud/fraud-job.ts';
import { shopJudging } from '../shared/fraud/shop-judging.ts';
import { athenaClient } from '../shared/lake/athena-client.ts';
import { lakeOfStage } from '../shared/lake/lake-of-stage.ts';
import { fraudHistory } from './backtest/history.ts';
import { measureRule } from './backtest/measure-rule.ts';
import { type BacktestOptions, parseBacktestOptions, usage } from './backtest/options.ts';
import { playRules } from './backtest/play-rules.ts';
import { readRules } from './backtest/read-rules.ts';
import { reportText } from './backtest/report-text.ts';
import { deployedSettings } from './deployed-settings.ts';
import { fileLabels, labelsAt, lakeLabels } from './evaluate/fraud/labels.ts';
import { placeOf } from './jobs/cloud.ts';
import { openLake } from './replay/lake.ts';
import { allOfTheLake } from './replay/lake-queries.ts';
import { runCommand } from './run-command.ts';

await runCommand(main, { endsWithReader: true });

async function main(): Promise<number> {
  const options = parseBacktestOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(usage);
    return 0;
  }
  const { fromMs, toMs } = options;
  const ours = await deployedSettings(options);
  const judging = shopJudging(ours);
  const rules = await readRules(options.file, ours);
  const place = await placeOf(options);
  const lake = openLake(place);
  try {
    const fraudByOrder = await knownFraud(options, place);
    const span = {
      fromMs: Math.max(allOfTheLake.fromMs, fromMs - judging.features.memoryMs),
      toMs,
    };
    const history = fraudHistory(lake, ours, span);
    const { stateTtlMs } = fraudJob;
    const played = await playRules(judging, rules, history, { fromMs, toMs }, stateTtlMs);
    const reports = rules.map((rule) => measureRule(rule, played, judging.rules, fraudByOrder));
    if (options.json) console.log(JSON.stringify({ events: played.events, rules: reports }));
    else console.log(reports.map(reportText).join('\n\n'));
    return 0;
  } finally {
    lake.close();
  }
}

/** What is known by now of each order; a file counts more than what operators have said. */
async function knownFraud(
  { labels }: BacktestOptions,
  { url, stage }: Awaited<ReturnType<typeof placeOf>>,
): Promise<ReadonlyMap<string, boolean>> {
  const athena = athenaClient(url);
  try {
    const told = await lakeLabels(athena, lakeOfStage(stage));
    const ofFile = labels === undefined ? [] : await fileLabels(labels, 0);
    const known = [told, ofFile].flatMap((some) => [
      ...labelsAt(some, Number.POSITIVE_INFINITY).values(),
    ]);
    return new Map(known.map(({ orderId, fraud }) => [orderId, fraud]));
  } finally {
    athena.destroy();
  }
}
