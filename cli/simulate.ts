import { parseArgs } from 'node:util';
import { parseDurationMs } from './duration.ts';
import { readLocalEndpoint } from './local-endpoint.ts';
import { runShoppers } from './shoppers/run-shoppers.ts';
import { reportLines } from './shoppers/shopper-report.ts';

const usage = `Sends made-up shoppers into the running shop.

npm run simulate -- [--rate 10] [--duration 60s] [--seed 7] [--api http://127.0.0.1:4600]

  --rate      actions a second, all shoppers together (10)
  --duration  90s, 25m, 1h; a bare number is in minutes (until Ctrl-C)
  --seed      the same seed draws the same actions (1)
  --api       address of the shop's API (that of the running local cloud)`;

function number(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new RangeError(`Cannot simulate shoppers: --${name} must be a number: received "${text}"`);
}

async function simulate(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rate: { type: 'string', default: '10' },
      duration: { type: 'string' },
      seed: { type: 'string', default: '1' },
      api: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const signals = [stopping.signal];
  if (values.duration !== undefined) {
    signals.push(AbortSignal.timeout(parseDurationMs(values.duration)));
  }
  const report = await runShoppers({
    apiUrl: values.api ?? (await readLocalEndpoint()).apiUrl,
    ratePerSecond: number('rate', values.rate),
    seed: number('seed', values.seed),
    signal: AbortSignal.any(signals),
    onReport: (soFar) => console.log(reportLines(soFar)[0]),
  });
  console.log(reportLines(report).join('\n'));
}

try {
  await simulate(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
