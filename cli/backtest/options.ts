import { parseArgs } from 'node:util';
import { parseInstant } from '../../shared/time/parse-instant.ts';
import { type Place, placeOptions, placeUsage } from '../options/place.ts';
import { allOfTheLake } from '../replay/lake-queries.ts';

/** What the command is asked to do. */
export interface BacktestOptions extends Place {
  readonly file: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly labels: string | undefined;
  readonly json: boolean;
}

export const usage = `What rules would have found in the history that the lake holds.

  npm run backtest -- my-rules.ts --from 2026-03-01 --to 2026-04-01
  npm run backtest -- my-rules.ts --labels .local/labels.jsonl --json

The file exports rules, as shared/fraud/rules/ has them, lists of them, or functions that make them
from the settings. All are tried as if they were live, beside the rules there are.

  --from, --to   orders placed in this stretch of time (all); what came before is taken in as well,
                 so that features know it
  --labels       a file of known fraud, one {"orderId":7,"orderedAt":"…","fraud":true} a line, beside
                 what operators have said of orders
${placeUsage(13)}
  --json         one JSON document instead of text`;

/** @throws RangeError for arguments that say nothing; `'help'` when help is asked for. */
export function parseBacktestOptions(args: readonly string[]): BacktestOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      labels: { type: 'string' },
      json: { type: 'boolean', default: false },
      ...placeOptions,
    },
  });
  if (values.help) return 'help';
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) {
    throw new RangeError(
      `Cannot test rules: one file of rules must be given: received ${JSON.stringify(positionals)}`,
    );
  }
  const fromMs = instantOf('from', values.from) ?? allOfTheLake.fromMs;
  const toMs = instantOf('to', values.to) ?? allOfTheLake.toMs;
  if (fromMs >= toMs) {
    throw new RangeError(
      `Cannot test rules: --from must lie before --to: received ${values.from}, ${values.to}`,
    );
  }
  const { labels, json, aws, stage, data } = values;
  return { file, fromMs, toMs, labels, json, aws, stage, data };
}

function instantOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const atMs = parseInstant(text);
  if (atMs !== undefined) return atMs;
  throw new RangeError(
    `Cannot test rules: --${name} must be a day or an instant like 2026-03-01T12:00:00Z: received ${text}`,
  );
}
