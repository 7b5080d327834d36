import { parseArgs } from 'node:util';
import { numberOption } from '../options/number-option.ts';
import { type Place, placeOptions, placeUsage } from '../options/place.ts';
import type { EventFormat } from './formats/event-format.ts';
import { type ToInstant, wallClock } from './instant.ts';

/** What `npm run import -- orders|clicks` is asked to do. */
export interface EventOptions extends Place {
  readonly file: string;
  readonly format: EventFormat;
  readonly maps: readonly string[];
  readonly delimiter: string | undefined;
  readonly encoding: 'utf8' | 'latin1' | undefined;
  readonly toInstant: ToInstant;
  /** Undefined: times are kept, as history. */
  readonly speed: number | undefined;
  readonly learn: boolean;
  readonly refused: string | undefined;
  readonly json: boolean;
}

/** Shown for `--help` and behind mistakes. */
export function eventUsage(what: string, formats: readonly EventFormat[]): string {
  const names = formats.map(({ name }) => name).join(' | ');
  const generic = formats.find(({ name }) => name === 'generic');
  const fields = (generic?.fields ?? []).map(({ name, needed }) => (needed ? name : `[${name}]`));
  return `npm run import -- ${what} FILE.csv --format FORMAT [options]

  --format FORMAT    ${names}
  --map FIELD=COLUMN the column of a field, again for each (needed where they are called otherwise);
                     fields of generic: ${fields.join(' ')}
  --keep-times       as history, with the times of the file, as fast as it goes (this is the default);
                     the same file again brings nothing new
  --shift-to-now     as live events: the first now, the others at the pace of the file …
  --speed N          … times N (default 1); the file is held in memory, each run is new
  --time-zone ZONE   of times that name none, as in Europe/London (default UTC, for every format)
  --delimiter ";"    instead of a comma
  --encoding latin1  instead of UTF-8
  --no-learn         do not let the jobs learn the history; print the command that does
  --refused OUT.csv  write every refused line there, with the reason
${placeUsage(17)}
  --json             the report as one line of JSON on standard output

What breaks a rule of a sale is kept and flagged; what cannot be read is refused, the rest goes on.`;
}

/** @throws RangeError or TypeError that says which argument is wrong. */
export function parseEventOptions(
  args: readonly string[],
  formats: readonly EventFormat[],
): EventOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      format: { type: 'string' },
      map: { type: 'string', multiple: true, default: [] },
      'keep-times': { type: 'boolean', default: false },
      'shift-to-now': { type: 'boolean', default: false },
      speed: { type: 'string' },
      'time-zone': { type: 'string', default: 'UTC' },
      delimiter: { type: 'string' },
      encoding: { type: 'string', default: 'utf8' },
      'no-learn': { type: 'boolean', default: false },
      refused: { type: 'string' },
      json: { type: 'boolean', default: false },
      ...placeOptions,
    },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) {
    throw wrong('one file is expected', positionals.join(' ') || 'none');
  }
  const format = formats.find(({ name }) => name === values.format);
  if (format === undefined) {
    const names = formats.map(({ name }) => name).join(', ');
    throw wrong(`--format must be one of ${names}`, values.format ?? 'none');
  }
  if (values['keep-times'] && values['shift-to-now']) {
    throw wrong('--keep-times and --shift-to-now exclude each other', 'both');
  }
  if (values.speed !== undefined && !values['shift-to-now']) {
    throw wrong('--speed belongs to --shift-to-now', `--speed ${values.speed}`);
  }
  const { encoding } = values;
  if (encoding !== 'utf8' && encoding !== 'latin1') {
    throw wrong('--encoding must be utf8 or latin1', encoding);
  }
  return {
    ...{ file, format, maps: values.map, delimiter: values.delimiter, encoding },
    toInstant: wallClock(values['time-zone']),
    speed: values['shift-to-now'] ? speedFrom(values.speed ?? '1') : undefined,
    learn: !values['no-learn'],
    ...{ refused: values.refused, json: values.json },
    ...{ aws: values.aws, stage: values.stage, data: values.data },
  };
}

function speedFrom(text: string): number {
  return numberOption('import', '--speed', text, { min: Number.MIN_VALUE, max: 1e9 });
}

function wrong(what: string, received: string): RangeError {
  return new RangeError(`Cannot import: ${what}: received ${received}`);
}
