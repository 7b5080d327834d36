import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sum } from '../../../../shared/stream/accumulator.ts';
import { latestBy } from '../../../../shared/stream/accumulators/latest-by.ts';
import { perItem } from '../../../../shared/stream/accumulators/per-item.ts';
import { itIsAnAccumulator } from '../accumulator-laws.ts';

interface Move {
  readonly product: string | undefined;
  readonly pieces: number;
}

const move: fc.Arbitrary<Move> = fc.record({
  product: fc.option(fc.oneof(fc.constantFrom('a', 'b', '__proto__'), fc.string()), {
    nil: undefined,
  }),
  pieces: fc.integer({ min: -3, max: 9 }),
});

const pieces = perItem(
  ({ product }: Move) => product,
  sum((each: Move) => each.pieces),
);

function expected(moves: readonly Move[]): [string, number][] {
  const totals = new Map<string, number>();
  for (const { product, pieces } of moves) {
    if (product !== undefined) totals.set(product, (totals.get(product) ?? 0) + pieces);
  }
  return [...totals].sort();
}

describe('perItem()', () => {
  itIsAnAccumulator(
    { ...pieces, value: (state) => [...pieces.value(state)].sort() },
    move,
    expected,
  );

  it('keeps of each item what the inner accumulator keeps', () => {
    const lastPieces = perItem(
      ({ product }: Move) => product,
      latestBy(
        (each: Move) => each.pieces,
        (each) => each.product ?? null,
      ),
    );
    const moves = [
      { product: 'a', pieces: 2 },
      { product: 'b', pieces: 1 },
      { product: 'a', pieces: 1 },
    ];
    const state = moves.reduce(lastPieces.add, lastPieces.zero());
    expect(lastPieces.pack(state)).toEqual([
      ['a', [2, 'a']],
      ['b', [1, 'b']],
    ]);
  });
});
