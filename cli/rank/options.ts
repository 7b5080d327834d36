import { parseArgs } from 'node:util';
import { parseInstant } from '../../shared/time/parse-instant.ts';
import { parseDurationMs } from '../duration.ts';
import { numberOption } from '../options/number-option.ts';
import { type Place, placeOptions, placeUsage } from '../options/place.ts';
import { allOfTheLake } from '../replay/lake-queries.ts';
import { type Ranking, type RankingShape, rankedClicks } from './ranking.ts';
import { rankings } from './rankings.ts';

/** What the command is asked to do. */
export interface RankOptions extends Place, RankingShape {
  readonly ranking: Ranking;
  readonly fromMs: number;
  readonly toMs: number;
  /** At most so many windows are printed. */
  readonly limit: number;
  readonly timeZone: string;
  readonly json: boolean;
  readonly names: boolean;
}

export const usage = `Ranks products by window, over what the lake holds.

  npm run rank -- top-viewed --window 1h --slide 5m
  npm run rank -- top-bought --window 1d --top 10 --from 2017-11-25 --to 2017-12-04
  npm run rank -- top-viewed --event cart --time-zone Asia/Shanghai --json

${rankings.map(({ name, about }) => `  ${name.padEnd(16)} ${about}`).join('\n')}

  --window SIZE    length of a window, as 10m, 1h or 1d (1h)
  --slide STEP     how often one ends (as long as a window: side by side)
  --top N          so many places of each window (3)
  --event TYPE     what top-viewed counts: ${rankedClicks.join(', ')} (view)
  --from, --to     only windows that lie within this stretch of time
  --limit N        at most so many windows, the first ones
  --time-zone ZONE times as they were there, like Asia/Shanghai (UTC); windows begin at whole ones in UTC
  --no-names       products by their ids alone
  --json           a JSON line for each window
${placeUsage(15)}`;

const command = 'rank';

/** @throws RangeError for arguments that say nothing; `'help'` when help is asked for. */
export function parseRankOptions(args: readonly string[]): RankOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    allowNegative: true,
    options: {
      window: { type: 'string', default: '1h' },
      slide: { type: 'string' },
      top: { type: 'string', default: '3' },
      event: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      limit: { type: 'string' },
      'time-zone': { type: 'string', default: 'UTC' },
      names: { type: 'boolean', default: true },
      json: { type: 'boolean', default: false },
      ...placeOptions,
    },
  });
  if (values.help) return 'help';
  const ranking = rankingOf(positionals);
  const windowMs = durationOf('window', values.window);
  const slideMs = values.slide === undefined ? windowMs : durationOf('slide', values.slide);
  if (slideMs > windowMs) {
    throw wrong('--slide must not be longer than --window', `${values.slide}, ${values.window}`);
  }
  const fromMs = instantOf('from', values.from) ?? allOfTheLake.fromMs;
  const toMs = instantOf('to', values.to) ?? allOfTheLake.toMs;
  if (fromMs >= toMs) throw wrong('--from must lie before --to', `${values.from}, ${values.to}`);
  const { limit, json, names, aws, stage, data } = values;
  return {
    ...{ ranking, windowMs, slideMs, fromMs, toMs, json, names, aws, stage, data },
    top: numberOption(command, '--top', values.top, { min: 1, max: 1_000, isWhole: true }),
    limit:
      limit === undefined
        ? Number.POSITIVE_INFINITY
        : numberOption(command, '--limit', limit, { min: 1, isWhole: true }),
    clickType: clickTypeOf(ranking, values.event),
    timeZone: zoneOf(values['time-zone']),
  };
}

function rankingOf(positionals: readonly string[]): Ranking {
  const found = rankings.find(({ name }) => name === positionals[0]);
  if (found && positionals.length === 1) return found;
  const known = rankings.map(({ name }) => name).join(', ');
  throw wrong(`one of ${known} must be given`, positionals.join(' ') || 'nothing');
}

function durationOf(name: string, text: string): number {
  const durationMs = parseDurationMs(text);
  if (Number.isSafeInteger(durationMs)) return durationMs;
  throw wrong(`--${name} must be whole milliseconds`, text);
}

function clickTypeOf({ name }: Ranking, text: string | undefined): RankingShape['clickType'] {
  if (text === undefined) return 'view';
  if (name !== 'top-viewed') throw wrong('--event goes with top-viewed', `${name}, ${text}`);
  const type = rankedClicks.find((each) => each === text);
  if (type !== undefined) return type;
  throw wrong(`--event must be one of ${rankedClicks.join(', ')}`, text);
}

function zoneOf(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw wrong('--time-zone must be a zone like Europe/Lisbon', text);
  }
}

function instantOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const atMs = parseInstant(text);
  if (atMs !== undefined) return atMs;
  throw wrong(`--${name} must be a day or an instant like 2026-03-01T12:00:00Z`, text);
}

function wrong(what: string, received: string): RangeError {
  return new RangeError(`Cannot ${command}: ${what}: received ${received}`);
}
