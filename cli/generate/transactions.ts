import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createRandom } from '../../shared/random/random.ts';
import { numberOption } from '../options/number-option.ts';
import { type DrawnTransactions, drawTransactions } from './draw-transactions.ts';

const usage = `npm run generate -- transactions --out FILE.csv [options]

Card transactions with known fraud, drawn as the simulator of the Fraud Detection Handbook does
(chapter 3 of https://fraud-detection-handbook.github.io/fraud-detection-handbook/):
dear ones, terminals that were broken into, customers whose card was leaked.

  --customers N   (default 5000)
  --terminals N   (default 10000)
  --days N        from 2018-04-01 on (default 183)
  --seed N        the same seed draws the same (default 0)
  --json          one JSON document instead of text

Then: npm run evaluate -- transactions FILE.csv`;

const dayMs = 86_400_000;
const startMs = Date.UTC(2018, 3, 1);
const columns =
  'TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_TIME_SECONDS,TX_TIME_DAYS,TX_FRAUD,TX_FRAUD_SCENARIO';
const rowsPerChunk = 5_000;

/** Writes a file of made-up transactions. @returns the exit code. */
export async function generateTransactions(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      out: { type: 'string' },
      customers: { type: 'string', default: '5000' },
      terminals: { type: 'string', default: '10000' },
      days: { type: 'string', default: '183' },
      seed: { type: 'string', default: '0' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const { out } = values;
  if (out === undefined) {
    throw new RangeError(
      'Cannot generate transactions: --out names the file to write: received none',
    );
  }
  const whole = (name: string, text: string, min: number, max: number) =>
    numberOption('generate transactions', name, text, { min, max, isWhole: true });
  const plan = {
    customers: whole('--customers', values.customers, 1, 1_000_000),
    terminals: whole('--terminals', values.terminals, 1, 1_000_000),
    days: whole('--days', values.days, 1, 3_660),
  };
  const random = createRandom(whole('--seed', values.seed, 0, Number.MAX_SAFE_INTEGER));
  const drawn = drawTransactions(plan, random);
  await pipeline(csvOf(drawn), createWriteStream(out));
  const fraud = [1, 2, 3].map((scenario) => drawn.scenarios.filter((s) => s === scenario).length);
  const report = { file: out, transactions: drawn.count, fraud };
  console.log(values.json ? JSON.stringify(report) : reportText(report));
  return 0;
}

/** The file, some thousand lines at a time. */
export function* csvOf(drawn: DrawnTransactions): Generator<string> {
  let chunk = `${columns}\n`;
  for (let row = 0; row < drawn.count; row += 1) {
    chunk += lineOf(drawn, row);
    if (row % rowsPerChunk === rowsPerChunk - 1) {
      yield chunk;
      chunk = '';
    }
  }
  yield chunk;
}

function lineOf(drawn: DrawnTransactions, row: number): string {
  const of = (column: Uint32Array | Uint8Array) => column[row] ?? 0;
  const second = of(drawn.seconds);
  const time = new Date(startMs + second * 1_000).toISOString().slice(0, 19).replace('T', ' ');
  const day = Math.floor((second * 1_000) / dayMs);
  const amount = (of(drawn.cents) / 100).toFixed(2);
  const scenario = of(drawn.scenarios);
  const fraud = scenario === 0 ? 0 : 1;
  return `${row},${time},${of(drawn.customers)},${of(drawn.terminals)},${amount},${second},${day},${fraud},${scenario}\n`;
}

function reportText(report: {
  readonly file: string;
  readonly transactions: number;
  readonly fraud: readonly number[];
}): string {
  const [dear = 0, terminals = 0, leaked = 0] = report.fraud;
  const all = dear + terminals + leaked;
  const share = ((100 * all) / Math.max(1, report.transactions)).toFixed(2);
  const told = [all, dear, terminals, leaked].map((count) => count.toLocaleString('en'));
  return `${report.transactions.toLocaleString('en')} transactions in ${report.file}
${told[0]} of them fraud (${share} %): ${told[1]} dear, ${told[2]} at terminals that were broken into, ${told[3]} with leaked cards`;
}
