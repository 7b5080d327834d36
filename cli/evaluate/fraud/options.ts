import { stat } from 'node:fs/promises';
import path from 'node:path';
import { parseInstant } from '../../../shared/time/parse-instant.ts';
import { parseDurationMs } from '../../duration.ts';
import { numberOption } from '../../options/number-option.ts';
import { type Place, placeOptions, placeUsage } from '../../options/place.ts';

export interface FraudOptions {
  readonly place: Place;
  readonly labels: string | undefined;
  readonly delayMs: number;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly seed: number;
}

/** The options that training and evaluation of the shop's model have in common. */
export const fraudOptions = {
  labels: { type: 'string' },
  delay: { type: 'string', default: '7d' },
  from: { type: 'string' },
  to: { type: 'string' },
  seed: { type: 'string', default: '1' },
  ...placeOptions,
} as const;

export const fraudUsage = `  --labels FILE      labels as npm run simulate writes them, one line of JSON for each order
                     (labels.jsonl in the data folder, where there is one); beside them what
                     operators have said counts, from the moment they said it
  --delay 7d         so long after an order its label of the file is known
  --from, --to       orders of which span, like 2026-03-01 (all)
  --seed N           of what is drawn in training (1)
${placeUsage(17)}`;

interface Values extends Place {
  readonly labels?: string | undefined;
  readonly delay: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly seed: string;
}

/** @throws RangeError that says which option is wrong. */
export async function fraudOptionsOf(command: string, values: Values): Promise<FraudOptions> {
  const { aws, stage, data } = values;
  const usual = path.join(data ?? '.local', 'labels.jsonl');
  const isThere = await stat(usual).then(
    () => true,
    () => false,
  );
  return {
    place: { aws, stage, data },
    labels: values.labels ?? (isThere && !aws ? usual : undefined),
    delayMs: parseDurationMs(values.delay),
    fromMs: instantFrom(command, '--from', values.from),
    toMs: instantFrom(command, '--to', values.to),
    seed: numberOption(command, '--seed', values.seed, { isWhole: true }),
  };
}

/** An instant, undefined where none is given. */
export function instantFrom(
  command: string,
  name: string,
  text: string | undefined,
): number | undefined {
  if (text === undefined) return undefined;
  const atMs = parseInstant(text);
  if (atMs !== undefined) return atMs;
  throw new RangeError(
    `Cannot ${command}: ${name} must be a time like 2026-03-01 or 2026-03-01T12:00:00Z: received ${JSON.stringify(text)}`,
  );
}
