import { parseArgs } from 'node:util';
import { clearShop } from '../shared/shop/clear.ts';
import { inTransaction } from '../shared/shop/in-transaction.ts';
import { insertShop } from '../shared/shop/seed/insert-shop.ts';
import { makeShop } from '../shared/shop/seed/make-shop.ts';
import { alignedLines } from './aligned-lines.ts';
import { confirmed } from './confirm.ts';
import { generateTransactions } from './generate/transactions.ts';
import { numberOption } from './options/number-option.ts';
import { placeOptions, placeUsage } from './options/place.ts';
import { progressBar } from './progress-bar.ts';
import { runCommand } from './run-command.ts';
import { openShopDatabase } from './shop-database.ts';

const usage = `npm run generate -- [options]
npm run generate -- transactions --out FILE.csv   card transactions with known fraud; see --help

Makes up products, customers and what they need, beside what is in the shop.

  --categories N   1 to 1,000, the broad before the narrow (default 15)
  --products N     spread over those categories (default 200)
  --customers N    without a password (default 100)
  --sellers N      1 to 700 (default 12)
  --seed N         the same seed makes the same products in an empty shop (default 7)
  --clear          empties the shop first: all of it; asks, unless --yes
  --yes            empties without asking
${placeUsage(15)}
  --json           one JSON document instead of text

Categories and sellers of a name that is there are used as they are. It runs as the owner of the
database, and the capture tells every row.`;

const LOCK_KEY = 7_461_002; // that of the seed: one at a time

const [what, ...rest] = process.argv.slice(2);
await runCommand(() => (what === 'transactions' ? generateTransactions(rest) : run()));

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: {
      categories: { type: 'string', default: '15' },
      products: { type: 'string', default: '200' },
      customers: { type: 'string', default: '100' },
      sellers: { type: 'string', default: '12' },
      seed: { type: 'string', default: '7' },
      clear: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      ...placeOptions,
      json: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  // Before anything is touched: a size may be out of bounds.
  const shop = makeShop({
    categories: wholeNumber('--categories', values.categories),
    products: wholeNumber('--products', values.products),
    customers: wholeNumber('--customers', values.customers),
    sellers: wholeNumber('--sellers', values.sellers),
    seed: wholeNumber('--seed', values.seed),
  });
  const total = [values.products, values.customers].map(Number).reduce((sum, count) => sum + count);
  const { db, name, close } = await openShopDatabase(values);
  try {
    if (values.clear) {
      if (!values.yes && !(await confirmed(`Empty the shop of ${name}, all of it?`))) {
        console.error(`The shop of ${name} is as it was.`);
        return 1;
      }
      console.error('Emptying the shop …');
      await clearShop(db, 'all');
    }
    const startedMs = Date.now();
    const bar = progressBar({
      label: 'rows',
      total: total + shop.categories.length + shop.sellers.length,
    });
    const made = await insertShop(db, shop, {
      each: (work) => inTransaction(db, LOCK_KEY, work),
      done: (_table, count) => bar.add(count),
    });
    bar.end();
    const tookMs = Date.now() - startedMs;
    console.log(values.json ? JSON.stringify({ made, tookMs }) : reportText(name, made, tookMs));
    return 0;
  } finally {
    await close();
  }
}

function reportText(name: string, made: Readonly<Record<string, number>>, tookMs: number): string {
  const rows = Object.entries(made).map(([table, count]) => [table, count.toLocaleString('en')]);
  const all = Object.values(made).reduce((sum, count) => sum + count, 0);
  const seconds = tookMs / 1_000;
  const rate = Math.round(all / Math.max(seconds, 0.001)).toLocaleString('en');
  return `New in the shop of ${name}:\n${alignedLines(rows)}\n${all.toLocaleString('en')} rows in ${seconds.toFixed(1)} s, ${rate}/s`;
}

function wholeNumber(name: string, text: string): number {
  return numberOption('generate', name, text, { isWhole: true });
}
