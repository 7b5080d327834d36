import { athenaClient } from '../shared/lake/athena-client.ts';
import { lakeOfStage } from '../shared/lake/lake-of-stage.ts';
import { placeOf } from './jobs/cloud.ts';
import { parseRankOptions, type RankOptions, usage } from './rank/options.ts';
import { noNames, type ProductNames, productNames } from './rank/product-names.ts';
import type { RankedWindow } from './rank/ranking.ts';
import { headingText, rankingJson, rankingText } from './rank/ranking-text.ts';
import { readRows } from './rank/read-rows.ts';
import { runCommand } from './run-command.ts';
import { shopAddress } from './shop-address.ts';

/** Windows whose names are looked up together. */
const windowsOfLookup = 100;

await runCommand(main, { endsWithReader: true });

async function main(): Promise<number> {
  const options = parseRankOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(usage);
    return 0;
  }
  const { url, stage, name } = await placeOf(options);
  const athena = athenaClient(url);
  const { ranking, fromMs, toMs } = options;
  const where = ranking.where(options);
  const wanted = { ...ranking, where, span: { fromMs, toMs } };
  try {
    const rows = readRows(athena, lakeOfStage(stage), wanted);
    const names = await namesFor(options);
    const printed = await print(options, ranking.play(options, rows), names);
    if (printed > 0) return 0;
    console.error(
      `Nothing to rank: the lake of ${name} holds no such ${ranking.dataSet.name} in this stretch of time`,
    );
    return 1;
  } finally {
    athena.destroy();
  }
}

/** @returns how many windows were printed. */
async function print(
  options: RankOptions,
  windows: AsyncIterable<RankedWindow>,
  names: ProductNames,
): Promise<number> {
  const { ranking, json, limit, timeZone } = options;
  const unit = ranking.unit(options);
  if (!json) console.log(headingText(ranking.name, options, timeZone));
  let printed = 0;
  let waiting: RankedWindow[] = [];
  const flush = async (): Promise<void> => {
    const ids = waiting.flatMap(({ products }) => products.map(({ productId }) => productId));
    const known = await names.of(ids);
    const texts = waiting.map((window) =>
      json ? rankingJson(window, unit, known) : rankingText(window, unit, known, timeZone),
    );
    if (texts.length > 0) console.log(texts.join('\n'));
    printed += waiting.length;
    waiting = [];
  };
  for await (const window of windows) {
    // Of others only a part was read.
    if (window.startMs < options.fromMs || window.endMs > options.toMs) continue;
    waiting.push(window);
    const isEnough = printed + waiting.length >= limit;
    if (isEnough || waiting.length >= windowsOfLookup) await flush();
    if (isEnough) break;
  }
  await flush();
  return printed;
}

/** A shop that is away leaves the ids. */
async function namesFor(options: RankOptions): Promise<ProductNames> {
  if (!options.names) return noNames;
  return shopAddress(options).then(productNames, () => noNames);
}
