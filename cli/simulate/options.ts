import path from 'node:path';
import { parseArgs } from 'node:util';
import { alignedLines } from '../aligned-lines.ts';
import { parseDurationMs } from '../duration.ts';
import { numberOption } from '../options/number-option.ts';
import { type Place, placeOptions, placeUsage } from '../options/place.ts';
import { actions } from '../shoppers/actions.ts';
import { actionsPerThousand, purposes, sessionsPerThousand } from '../shoppers/purposes.ts';

export interface SimulateOptions extends Place {
  /** Address of the shop's API, where it is not that of the place. */
  readonly api: string | undefined;
  /** `endless`: no sessions, until Ctrl-C or a time is over; `nothing`: only `--clear`. */
  readonly kind: 'endless' | 'sessions' | 'nothing';
  readonly clear: boolean;
  readonly json: boolean;
  readonly seed: number;
  /** Undefined where nobody said: as the shop bears it in a time of its own, else ten. */
  readonly ratePerSecond: number | undefined;
  /** Of an endless run all of it; of sessions the longest. */
  readonly durationMs: number | undefined;
  /** Per run, or per day of a history. */
  readonly sessions: number;
  readonly historicalDays: number | undefined;
  readonly speed: number;
  readonly fraudShare: number;
  readonly labels: string;
  readonly learn: boolean;
}

export const usage = `Sends made-up shoppers into the shop, through its API.

  npm run simulate -- [--rate 10] [--duration 25]          shoppers without an end, or for so long
  npm run simulate -- --sessions 50 [--duration 25]        planned sessions, from now on
  npm run simulate -- --sessions 50 --speed 60             the same in the past that ends now
  npm run simulate -- --historical 30 [--sessions 50]      thirty days of so many sessions each
  npm run simulate -- --clear                              removes carts, wishes and orders, no more

  --sessions     how many sessions, with --historical per day (50)
  --duration     90s, 25m, 1h; a bare number is in minutes. The longest session, and with --sessions
                 alone the time in which all of them lie (25m); without sessions the time after
                 which the shoppers go (until Ctrl-C)
  --rate         actions a second at most, all shoppers together (10; with a time of its own, see
                 below, as many as the shop bears)
  --seed         the same seed draws the same sessions and actions (1)
  --historical   days that end now
  --speed        how much faster the shop's time runs than the world's (1)
  --fraud-share  share of the sessions that are a fraudster's, rounded up (0.01)
  --labels       file to which a line of JSON is added for each order: who, when, which pattern
                 (labels.jsonl in the data folder); nothing in the shop tells fraudsters apart
  --clear        begins by removing carts, wishes, orders and what followed them
  --no-learn     leaves out the last step of a time of its own, see below
  --api          address of the shop's API (that of the running local cloud, or of the stage)
${placeUsage(13)}
  --json         the report as one line of JSON on standard output

Actions and purposes. Each action of each session is drawn, with the weights view 0.40, add to cart
0.20, wishlist 0.15, remove from cart 0.10, place order 0.10, browse category 0.05. A session has a
purpose, and the purpose its own weights. Of a thousand actions of the whole crowd:

${purposeTable()}

How many actions a session has does not depend on its purpose, so over all sessions the six weights
come out exactly. What cannot be done, like ordering an empty cart, becomes a view: the report tells
drawn and done. Not drawn, but on top: payments, shipments, what a return gives back, and a
fraudster's orders.

Time. By default it is the world's: everything happens now, and jobs see it live. With --speed above
1 or --historical the shop has a time of its own that ends now. What is written carries that time and
is told as history; no job takes it for late. At the end the jobs learn it from the lake
(npm run replay -- --job all --from lake --wait --swap). Sign-ups, carts and wishes keep the real time
of their writing. Parcels take days; in runs of less than ten days they are quicker by as much.`;

const defaults = { sessions: 50, durationMs: 25 * 60_000, seed: 1, fraudShare: 0.01 };

/** @throws RangeError or TypeError that says which argument is wrong; `'help'` when it is asked for. */
export function parseSimulateOptions(args: readonly string[]): SimulateOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      rate: { type: 'string' },
      duration: { type: 'string' },
      seed: { type: 'string' },
      sessions: { type: 'string' },
      speed: { type: 'string' },
      historical: { type: 'string' },
      'fraud-share': { type: 'string' },
      labels: { type: 'string' },
      clear: { type: 'boolean', default: false },
      learn: { type: 'boolean', default: true },
      api: { type: 'string' },
      ...placeOptions,
      json: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { rate, duration, sessions, speed, historical, labels, data } = values;
  const planned = sessions !== undefined || historical !== undefined;
  for (const name of ['speed', 'fraud-share', 'labels'] as const) {
    if (planned || values[name] === undefined) continue;
    throw wrong(`--${name} belongs to --sessions or --historical`, `--${name} ${values[name]}`);
  }
  if (historical !== undefined && speed !== undefined) {
    throw wrong('a history is told as fast as the shop bears it', `--speed ${speed}`);
  }
  const isEndless = rate !== undefined || duration !== undefined || !values.clear;
  return {
    kind: planned ? 'sessions' : isEndless ? 'endless' : 'nothing',
    clear: values.clear,
    json: values.json,
    seed: whole('seed', values.seed, 0, 2 ** 32 - 1) ?? defaults.seed,
    ratePerSecond: number('rate', rate, Number.MIN_VALUE, 10_000),
    durationMs:
      duration !== undefined
        ? parseDurationMs(duration)
        : planned
          ? defaults.durationMs
          : undefined,
    sessions: whole('sessions', sessions, 1, 1_000_000) ?? defaults.sessions,
    historicalDays: number('historical', historical, 0.01, 3_660),
    speed: number('speed', speed, 1, 1_000_000) ?? 1,
    fraudShare: number('fraud-share', values['fraud-share'], 0, 1) ?? defaults.fraudShare,
    labels: labels ?? path.join(data ?? '.local', 'labels.jsonl'),
    learn: values.learn,
    api: values.api,
    aws: values.aws,
    stage: values.stage,
    data,
  };
}

/** A row for each purpose, a column for each action, and the sums, which are the weights. */
function purposeTable(): string {
  const sums = actions.map((action) =>
    String(purposes.reduce((sum, purpose) => sum + actionsPerThousand[purpose][action], 0)),
  );
  const rows = purposes.map((purpose) => [
    `  ${purpose}`,
    ...actions.map((action) => String(actionsPerThousand[purpose][action])),
    String(sessionsPerThousand(purpose)),
  ]);
  const head = ['  purpose', 'view', 'cart', 'wishlist', 'remove', 'order', 'browse', 'all'];
  return alignedLines([head, ...rows, ['  all', ...sums, '1000']]);
}

function number(name: string, text: string | undefined, min: number, max: number, isWhole = false) {
  if (text === undefined) return undefined;
  return numberOption('simulate shoppers', `--${name}`, text, { min, max, isWhole });
}

function whole(name: string, text: string | undefined, min: number, max: number) {
  return number(name, text, min, max, true);
}

function wrong(what: string, received: string): RangeError {
  return new RangeError(`Cannot simulate shoppers: ${what}: received ${received}`);
}
