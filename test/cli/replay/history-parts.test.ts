import fc from 'fast-check';
import { expect, test } from 'vitest';
import { historyParts } from '../../../cli/replay/history-parts.ts';
import { multiKeyedJob } from '../../../shared/stream/job.ts';
import type { Source } from '../../../shared/stream/source.ts';

/** A record is a text of keys. */
const source = (stream: string): Source<{ readonly keys: readonly string[] }> => ({
  stream,
  tickSettleMs: 0,
  decode: (records) =>
    records.map(({ data }) => {
      const keys = [...new Set(Buffer.from(data).toString())];
      if (keys.length === 0) return { kind: 'ignored' };
      return { kind: 'event', event: { keys }, id: '', committedAtMs: undefined };
    }),
});
const job = multiKeyedJob([source('shop-changes'), source('clickstream')], {
  name: 'keyed',
  generation: 1,
  eventTimeMs: () => 0,
  watermarkDelayMs: 0,
  allowedLatenessMs: 0,
  maxFutureMs: 0,
  stateTtlMs: 1,
  keys: ({ keys }) => keys,
  evaluate: (_event, states) => ({ states, emissions: [] }),
});

interface Told {
  readonly stream: string;
  readonly keys: string;
}

const tell = (told: readonly Told[]) =>
  historyParts(
    job,
    told.map(({ stream, keys }, place) => ({
      stream,
      record: { sequenceNumber: String(place), arrivalMs: 0, data: Buffer.from(keys) },
    })),
  );
const view = (keys: string): Told => ({ stream: 'clickstream', keys });
const order = (keys: string): Told => ({ stream: 'shop-changes', keys });
const taken = (told: readonly Told[]) =>
  tell(told).map((part) =>
    [...part.values()].flatMap(({ records }) => records.map(({ data }) => data.toString())),
  );

test('historyParts() takes clicks first where nobody notices, and parts where somebody would', () => {
  expect(taken([order('a'), view('b'), order('c')])).toEqual([['b', 'a', 'c']]);
  expect(taken([view('a'), order('ab'), view('c'), view('b'), order('b')])).toEqual([
    ['a', 'c', 'ab'],
    ['b', 'b'],
  ]);
  expect(taken([])).toEqual([[]]);
});

test('historyParts() leaves nothing out, and the events of each key in their order', () => {
  const told = fc.array(
    fc.record({
      stream: fc.constantFrom('clickstream', 'shop-changes'),
      keys: fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 3 }),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(told, (facts) => {
      const places = tell(facts).flatMap((part) =>
        [...part.values()].flatMap(({ records, decoded }) => {
          expect(decoded).toHaveLength(records.length);
          return records.map(({ sequenceNumber }) => Number(sequenceNumber));
        }),
      );
      expect(places.toSorted((a, b) => a - b)).toEqual(facts.map((_, place) => place));
      for (const key of 'abcd') {
        const ofKey = places.filter((place) => facts[place]?.keys.includes(key));
        expect(ofKey).toEqual(ofKey.toSorted((a, b) => a - b));
      }
    }),
  );
});
