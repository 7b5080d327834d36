import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sum } from '../../../shared/stream/accumulator.ts';
import { type Emission, type Job, sessionJob, windowedJob } from '../../../shared/stream/job.ts';
import { session, sliding, tumbling } from '../../../shared/stream/window.ts';
import { type Dealing, loggedSource, playLog, type Step } from '../../fixtures/event-log.ts';

/**
 * Figures of Flink's own tests of its windows (WindowOperatorTest), and a few more. A number is a
 * watermark: no event before it is to come. Flink's says "no event at it or before it", so it is
 * one less there. Where a late event makes Flink's purging trigger tell what is new only, the
 * whole is expected here: results are always accumulating. Nor do windows fire by count.
 */
const vectorsSchema = z.array(
  z.object({
    name: z.string(),
    window: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('tumbling'), sizeMs: z.int() }),
      z.object({ kind: z.literal('sliding'), sizeMs: z.int(), slideMs: z.int() }),
      z.object({ kind: z.literal('session'), gapMs: z.int() }),
    ]),
    allowedLatenessMs: z.int(),
    steps: z.array(
      z.union([z.int(), z.literal('restart'), z.tuple([z.string(), z.int(), z.int()])]),
    ),
    /** Key, start, end, sum; of one window in the order of its revisions. */
    told: z.array(z.tuple([z.string(), z.int(), z.int(), z.int()])),
    late: z.array(z.tuple([z.string(), z.int()])),
  }),
);
type Vector = z.infer<typeof vectorsSchema>[number];

interface Value {
  readonly key: string;
  readonly timeMs: number;
  readonly value: number;
}

type Sum = Vector['told'][number];

const vectors = vectorsSchema.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, 'window-vectors.json'), 'utf8')),
);
const watermarkDelayMs = 50;
const keyed = z.array(z.tuple([z.string(), z.object({ sum: z.int() })]));

function jobOf({ window, allowedLatenessMs }: Vector): Job<Value> {
  const declared = {
    name: 'vector',
    generation: 1,
    type: 'sum',
    eventTimeMs: ({ timeMs }: Value) => timeMs,
    key: ({ key }: Value) => key,
    accumulators: { sum: sum<Value>(({ value }) => value) },
    watermarkDelayMs,
    allowedLatenessMs,
    maxFutureMs: 1e15,
  };
  const sources = [loggedSource<Value>('values')];
  if (window.kind === 'session') {
    return sessionJob(sources, {
      ...declared,
      window: session(window.gapMs),
      result: ({ key }, values) => [[key, values]],
    });
  }
  return windowedJob(sources, {
    ...declared,
    window:
      window.kind === 'tumbling' ? tumbling(window.sizeMs) : sliding(window.sizeMs, window.slideMs),
    preliminaryEveryMs: undefined,
    result: (byKey) => [...byKey],
  });
}

function stepsOf({ steps }: Vector): Step<Value>[] {
  return steps.map((step, index) => {
    if (step === 'restart') return { restart: true };
    if (typeof step === 'number') return { tickMs: step + watermarkDelayMs };
    const [key, timeMs, value] = step;
    return { id: `${key}@${timeMs} ${index}`, event: { key, timeMs, value } };
  });
}

/** Key, start, end, sum of each key of each result that is new beside the revision before. */
function newsOf(results: readonly Pick<Emission, 'window' | 'data'>[]): Sum[] {
  const last = new Map<string, number>();
  return results.flatMap(({ window, data }) => {
    if (!window) throw new TypeError('Cannot compare: a result has no window');
    const { startMs, endMs } = window;
    return keyed.parse(data).flatMap(([key, { sum: value }]) => {
      const name = `${key} ${startMs} ${endMs}`;
      if (last.get(name) === value) return [];
      last.set(name, value);
      const news: Sum = [key, startMs, endMs, value];
      return [news];
    });
  });
}

/** What is left in the end: a session that was told stands for those it overlaps. */
function lastOf({ told }: Vector): Sum[] {
  return told.filter(
    ([key, startMs, endMs], index) =>
      !told
        .slice(index + 1)
        .some((later) => later[0] === key && later[1] <= startMs && later[2] >= endMs),
  );
}

/** Windows in order, the revisions of each in theirs. */
function inOrder(told: readonly Sum[]): Sum[] {
  return told.toSorted(
    (a, b) => a[1] - b[1] || a[2] - b[2] || (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0),
  );
}

/** Where late events lie: each copy of one is late itself. */
function placesOf(late: readonly string[]): string[] {
  return Array.from(new Set(late), (id) => id.split(' ')[0] ?? '').sort();
}

const shards = [1, 2, 3, 4];
const dealings: Omit<Dealing<Value>, 'shards'>[] = [
  { seed: 1, duplicates: 0, restarts: 0 },
  { seed: 2 },
  { seed: 3, partitionKey: ({ key }) => key },
  { seed: 4, duplicates: 0.5, restarts: 0.5 },
];

describe.each(vectors)('$name', (vector) => {
  const job = jobOf(vector);
  const late = vector.late.map(([key, timeMs]) => `${key}@${timeMs}`).sort();

  it.each(shards)('over %i shards, record by record', async (count) => {
    for (const dealing of dealings) {
      const outcome = await playLog(job, stepsOf(vector), {
        ...dealing,
        shards: count,
        oneByOne: true,
      });
      expect(inOrder(newsOf(outcome.emissions))).toEqual(inOrder(vector.told));
      expect(placesOf(outcome.late)).toEqual(late);
      expect(outcome.stored).toEqual(outcome.results);
    }
  });

  it.each(shards)('over %i shards, in batches', async (count) => {
    for (const dealing of dealings) {
      const outcome = await playLog(job, stepsOf(vector), { ...dealing, shards: count });
      expect(inOrder(newsOf(outcome.results))).toEqual(inOrder(lastOf(vector)));
      expect(placesOf(outcome.late)).toEqual(late);
      expect(outcome.stored).toEqual(outcome.results);
    }
  });
});
