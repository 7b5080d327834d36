import path from 'node:path';
import { parseArgs } from 'node:util';
import { chosenSettings } from '../../shared/config/settings.ts';
import { parseDurationMs } from '../duration.ts';
import { numberOption } from '../options/number-option.ts';

export interface StartOptions {
  readonly fresh: boolean;
  /** Actions of all shoppers together, per second; zero without traffic. */
  readonly ratePerSecond: number;
  /** How long to run before draining and summing up; undefined: until stopped. */
  readonly durationMs: number | undefined;
  readonly json: boolean;
  readonly portBase: number;
  readonly directory: string;
  readonly seed: number;
  /** Origins whose pages may use the API, parted by commas. */
  readonly corsOrigins: string | undefined;
  /** Settings that are not at their defaults, by variable. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Shown for `--help` and behind every mistake. */
export const usage = `npm start -- [options]

  --fresh            begin anew: throw away the shop and everything learnt from it
  --rate N           actions of the shoppers per second (default 10)
  --no-traffic       no shoppers
  --for 60s          run that long (90s, 25m, 1h) or until Ctrl-C, stop the shoppers, drain, sum
                     up and end
  --json             print the summary as one line of JSON, the last
  --port-base N      first of the three ports used (default 4600)
  --data FOLDER      where the data lies (default .local)
  --seed N           the shoppers' chance (default 1)
  --set NAME=VALUE   a setting of shared/config/settings.ts, again for each
  --cors ORIGINS     pages of these origins may use the API: http://localhost:5173,…
  --help             this text`;

const defaults = { rate: 10, portBase: 4600, seed: 1, directory: '.local' };
/** What runs here listens on the loopback alone: who can ask it may see its figures. */
const onThisMachine = { FIGURES_FOR: 'everyone' };
const portBaseMax = 65_000;

/** @throws RangeError or TypeError that says which argument is wrong. */
export function parseStartOptions(args: readonly string[], root: string): StartOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      fresh: { type: 'boolean', default: false },
      rate: { type: 'string', default: String(defaults.rate) },
      'no-traffic': { type: 'boolean', default: false },
      for: { type: 'string' },
      json: { type: 'boolean', default: false },
      'port-base': { type: 'string', default: String(defaults.portBase) },
      data: { type: 'string', default: defaults.directory },
      seed: { type: 'string', default: String(defaults.seed) },
      cors: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    fresh: values.fresh,
    ratePerSecond: values['no-traffic']
      ? 0
      : numberOption('start', '--rate', values.rate, { max: 10_000 }),
    durationMs: values.for === undefined ? undefined : parseDurationMs(values.for),
    json: values.json,
    portBase: numberOption('start', '--port-base', values['port-base'], {
      min: 1_024,
      max: portBaseMax,
      isWhole: true,
    }),
    directory: path.resolve(root, values.data),
    seed: numberOption('start', '--seed', values.seed, { max: 2 ** 32 - 1, isWhole: true }),
    corsOrigins: values.cors,
    settings: chosenSettings({
      ...onThisMachine,
      ...Object.fromEntries(values.set.map(toSetting)),
    }),
  };
}

function toSetting(text: string): [string, string] {
  const [, name, value] = /^([A-Z0-9_]+)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new RangeError(`Cannot start: --set must be NAME=VALUE: received ${text}`);
}
