import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Stretch, stretches } from '../../../../shared/stream/accumulators/stretches.ts';
import { itIsAnAccumulator } from '../accumulator-laws.ts';

type Mark = 'view' | 'cart' | 'paid';
interface Act {
  readonly atMs: number;
  readonly marks: readonly Mark[];
}

const marks = ['view', 'cart', 'paid'] as const;
const gapMs = 10;
const visits = stretches({
  gapMs,
  marks,
  timeMs: ({ atMs }: Act) => atMs,
  marksOf: (act) => act.marks,
});

/** Gaps and islands: in order of time, a new one begins wherever the silence is a gap or longer. */
function islands(acts: readonly Act[]): Stretch<Mark>[] {
  const found: Act[][] = [];
  for (const act of acts.toSorted((a, b) => a.atMs - b.atMs)) {
    const last = found.at(-1);
    if (last && act.atMs - (last.at(-1)?.atMs ?? 0) < gapMs) last.push(act);
    else found.push([act]);
  }
  return found.map((island) => {
    const firstOf = (mark: Mark) => island.find((act) => act.marks.includes(mark))?.atMs ?? null;
    return {
      firstMs: island[0]?.atMs ?? 0,
      lastMs: island.at(-1)?.atMs ?? 0,
      firstOf: { view: firstOf('view'), cart: firstOf('cart'), paid: firstOf('paid') },
    };
  });
}

const act: fc.Arbitrary<Act> = fc.record({
  atMs: fc.oneof(
    fc.integer({ min: -40, max: 120 }),
    fc.integer({ min: 0, max: 8 }).map((step) => step * gapMs),
    fc.maxSafeInteger(),
  ),
  marks: fc.subarray([...marks]),
});

describe('stretches()', () => {
  itIsAnAccumulator(visits, act, islands);

  it('keeps what lies a gap apart apart, until something comes between', () => {
    const at = (atMs: number): Act => ({ atMs, marks: [] });
    const apart = [at(0), at(gapMs)].reduce(visits.add, visits.zero());
    expect(visits.value(apart)).toHaveLength(2);
    const joined = visits.value(visits.add(apart, at(gapMs - 1)));
    expect(joined).toMatchObject([{ firstMs: 0, lastMs: gapMs }]);
  });

  it('holds no more stretches of a window than fit into it', () => {
    const windowMs = 100;
    const acts = fc.array(fc.integer({ min: 0, max: windowMs - 1 }), { maxLength: 200 });
    fc.assert(
      fc.property(acts, (times) => {
        const state = times
          .map((atMs): Act => ({ atMs, marks: ['view'] }))
          .reduce(visits.add, visits.zero());
        expect(visits.value(state).length).toBeLessThanOrEqual(windowMs / gapMs + 1);
      }),
    );
  });

  it('packs each stretch short', () => {
    const atMs = Date.UTC(2026, 2, 1);
    const state = [
      { atMs, marks: ['view'] as const },
      { atMs: atMs + 3, marks: ['paid'] as const },
    ].reduce(visits.add, visits.zero());
    expect(visits.pack(state)).toEqual([atMs, 3, 0, -1, 3]);
  });

  it('refuses a time that is no integer', () => {
    const none = { atMs: Number.NaN, marks: [] };
    expect(() => visits.add(visits.zero(), none)).toThrow('received NaN');
  });

  it.each([0, -1, 1.5])('refuses a gap of %s', (gap) => {
    const options = { gapMs: gap, marks: ['view'] as const, timeMs: Number, marksOf: () => [] };
    expect(() => stretches(options)).toThrow(`received ${gap}`);
  });
});
