import { parseArgs } from 'node:util';
import { parseInstant } from '../../shared/time/parse-instant.ts';
import { parseDurationMs } from '../duration.ts';
import { numberOption } from '../options/number-option.ts';
import { type Place, placeOptions, placeUsage } from '../options/place.ts';

/** Where a generation gets its records from. */
export type Beginning =
  | { readonly kind: 'stream'; readonly fromMs: number | undefined }
  | {
      readonly kind: 'lake';
      readonly sinceMs: number | undefined;
      readonly untilMs: number | undefined;
    }
  /** The lake, and behind it what the streams brought in the last `overlapMs`, and bring. */
  | {
      readonly kind: 'lake-and-streams';
      readonly sinceMs: number | undefined;
      readonly overlapMs: number;
    };

/** Longer than the lake's deliveries hold records back, so that what is older has landed. */
export const overlapDefaultMs = 15 * 60_000;

/** What the command is asked to do. */
export interface ReplayOptions extends Place {
  /** A job's name, or `all`. */
  readonly job: string | undefined;
  /** Undefined: the next one for a beginning, else the latest beside the live one. */
  readonly generation: number | undefined;
  readonly beginning: Beginning | undefined;
  readonly wait: boolean;
  readonly compare: boolean;
  readonly swap: boolean;
  readonly drop: boolean;
  readonly json: boolean;
}

export const usage = `Runs a job again, beside the live one, as another generation of it.

  npm run replay -- --job revenue --from trim-horizon [--wait]
  npm run replay -- --job revenue --from 2026-03-01T12:00:00Z --generation 3 --wait --swap
  npm run replay -- --job all --from lake --wait --swap
  npm run replay -- --job revenue --from lake --since 2026-03-01T00:00:00Z --until 2026-04-01T00:00:00Z
  npm run replay -- --job revenue --compare | --wait | --swap | --drop [--generation 3]

  --job          a job, or all: of the past they read together, what fails keeps no other
  --from         trim-horizon: all that the streams still hold; an instant: what arrived since;
                 lake: what the lake holds, with --wait or --swap joined by the streams, else as a
                 closed history
  --since        with --from lake: the first instant of it, and with --until the end of a closed one
  --overlap      with --from lake: the streams are read from so long ago (15m), and the lake has to
                 hold all that they brought since
  --generation   a number above every one used before (the next)
  --wait         helps it along until it is where the live one is, then compares; alone it goes on
                 with a history that was broken off
  --compare      holds its final windows against those of the live one
  --swap         makes it the live one, and tells the stream insights what it counted unheard;
                 what was live goes on beside it; with the number of the live one it goes on
                 with a telling that was broken off
  --drop         ends it and removes its results
${placeUsage(13)}
  --json         one JSON document instead of text`;

/** @throws RangeError for arguments that do not fit together; `'help'` when help is asked for. */
export function parseReplayOptions(args: readonly string[]): ReplayOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      job: { type: 'string' },
      from: { type: 'string' },
      since: { type: 'string' },
      until: { type: 'string' },
      overlap: { type: 'string' },
      generation: { type: 'string' },
      wait: { type: 'boolean', default: false },
      compare: { type: 'boolean', default: false },
      swap: { type: 'boolean', default: false },
      drop: { type: 'boolean', default: false },
      ...placeOptions,
      json: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { job, from, since, until, overlap, wait, compare, swap, drop } = values;
  const isLake = from === 'lake';
  if (!isLake && (since ?? until ?? overlap) !== undefined) {
    throw wrong('--since, --until and --overlap belong to --from lake', `--from ${from ?? ''}`);
  }
  if (from === undefined && !wait && !compare && !swap && !drop) {
    throw wrong('it needs one of --from, --wait, --compare, --swap and --drop', 'none of them');
  }
  if (drop && (from !== undefined || swap)) {
    throw wrong('--drop stands alone', from === undefined ? '--swap' : `--from ${from}`);
  }
  if (until !== undefined && (wait || swap)) {
    throw wrong('a history that the streams join has no end', `--until ${until}`);
  }
  if (overlap !== undefined && !wait) {
    throw wrong('--overlap belongs to a history that the streams join: add --wait', overlap);
  }
  if (job === 'all' && values.generation !== undefined) {
    throw wrong('--generation is of one job', '--job all');
  }
  if (from !== undefined && swap && !wait) {
    throw wrong('to swap at once it has to catch up first: add --wait', '--swap');
  }
  return {
    job,
    generation:
      values.generation === undefined
        ? undefined
        : numberOption('replay', '--generation', values.generation, { min: 1, isWhole: true }),
    beginning: beginningFrom(values),
    wait,
    compare,
    swap,
    drop,
    aws: values.aws,
    stage: values.stage,
    data: values.data,
    json: values.json,
  };
}

interface BeginningOptions {
  readonly from?: string;
  readonly since?: string;
  readonly until?: string;
  readonly overlap?: string;
  readonly wait: boolean;
}

function beginningFrom({ from, since, until, overlap, wait }: BeginningOptions) {
  if (from === undefined) return undefined;
  if (from === 'trim-horizon') return { kind: 'stream', fromMs: undefined } as const;
  if (from !== 'lake') {
    return { kind: 'stream', fromMs: instantFrom('--from', from) } as const;
  }
  const sinceMs = since === undefined ? undefined : instantFrom('--since', since);
  const untilMs = until === undefined ? undefined : instantFrom('--until', until);
  if (sinceMs !== undefined && untilMs !== undefined && untilMs <= sinceMs) {
    throw wrong('--until must lie after --since', `${until}`);
  }
  if (!wait) return { kind: 'lake', sinceMs, untilMs } as const;
  const overlapMs = overlap === undefined ? overlapDefaultMs : parseDurationMs(overlap);
  return { kind: 'lake-and-streams', sinceMs, overlapMs } as const;
}

function instantFrom(name: string, text: string): number {
  const atMs = parseInstant(text);
  if (atMs !== undefined) return atMs;
  const others = name === '--from' ? 'trim-horizon, lake or ' : '';
  throw wrong(`${name} must be ${others}an instant like 2026-03-01T12:00:00Z`, text);
}

function wrong(what: string, received: string): RangeError {
  return new RangeError(`Cannot replay: ${what}: received ${received}`);
}
