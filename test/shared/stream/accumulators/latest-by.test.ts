import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latestBy } from '../../../../shared/stream/accumulators/latest-by.ts';
import { itIsAnAccumulator } from '../accumulator-laws.ts';

interface Change {
  readonly version: number;
  readonly state: { readonly status: string; readonly cents: number | null };
}

const latest = latestBy<Change, Change['state']>(
  ({ version }) => version,
  ({ state }) => state,
);
const change: fc.Arbitrary<Change> = fc.record({
  version: fc.integer({ min: -3, max: 3 }),
  state: fc.record({
    status: fc.constantFrom('placed', 'paid'),
    cents: fc.option(fc.nat(3)),
  }),
});

describe('latestBy()', () => {
  itIsAnAccumulator(latest, change, (changes) => {
    const highest = Math.max(...changes.map(({ version }) => version));
    const texts = changes
      .filter(({ version }) => version === highest)
      .map(({ state }) => JSON.stringify(state))
      .sort();
    const text = texts.at(-1);
    return text === undefined ? null : JSON.parse(text);
  });

  it('refuses an order that is no number', () => {
    const state = { status: 'paid', cents: 1 };
    expect(() => latest.add(null, { version: Number.NaN, state })).toThrow('received NaN');
  });
});
