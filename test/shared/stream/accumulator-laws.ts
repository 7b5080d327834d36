import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Accumulator } from '../../../shared/stream/accumulator.ts';

/** What the engine asks of every accumulator, and that its value is that of a plain computation. */
export function itIsAnAccumulator<Event, Value, State>(
  accumulator: Accumulator<Event, Value, State>,
  event: fc.Arbitrary<Event>,
  plainly: (events: readonly Event[]) => Value,
): void {
  const events = fc.array(event, { maxLength: 60 });
  const folded = (some: readonly Event[]): State =>
    some.reduce((state, one) => accumulator.add(state, one), accumulator.zero());
  /** As it is stored: keys and entries of what is packed may come in any order. */
  const stored = (state: State): State =>
    accumulator.unpack(JSON.parse(JSON.stringify(accumulator.pack(state))));

  it('has the value of a plain computation', () => {
    fc.assert(
      fc.property(events, (some) => {
        expect(accumulator.value(folded(some))).toEqual(plainly(some));
      }),
    );
  });

  it('has the same value in any order, in any batches, merged in any way, stored or not', () => {
    const dealt = fc.array(fc.tuple(event, fc.nat(3)), { maxLength: 60 });
    fc.assert(
      fc.property(dealt, fc.boolean(), (some, isStored) => {
        const [a, b, c, d] = [0, 1, 2, 3].map((part) => () => {
          const state = folded(some.filter(([, to]) => to === part).map(([one]) => one));
          return isStored ? stored(state) : state;
        });
        if (!a || !b || !c || !d) return;
        const { merge, value } = accumulator;
        const whole = plainly(some.map(([one]) => one));
        expect(value(merge(merge(merge(a(), b()), c()), d()))).toEqual(whole);
        expect(value(merge(d(), merge(c(), merge(b(), a()))))).toEqual(whole);
        expect(value(merge(merge(c(), a()), merge(d(), b())))).toEqual(whole);
        expect(value(merge(merge(accumulator.zero(), a()), merge(b(), merge(d(), c()))))).toEqual(
          whole,
        );
      }),
    );
  });

  it('has one state for one bag of events, and gets it back from its packed form', () => {
    fc.assert(
      fc.property(events, (some) => {
        const state = folded(some);
        expect(stored(state)).toEqual(state);
        expect(folded(some.toReversed())).toEqual(state);
        expect(accumulator.merge(state, accumulator.zero())).toEqual(folded(some));
      }),
    );
  });

  it('leaves what it merges as it is, also when the sum goes on', () => {
    fc.assert(
      fc.property(events, events, events, (some, more, rest) => {
        const merged = folded(more);
        let state = accumulator.merge(folded(some), merged);
        for (const one of rest) state = accumulator.add(state, one);
        expect(merged).toEqual(folded(more));
        expect(accumulator.value(merged)).toEqual(plainly(more));
      }),
    );
  });
}
