import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Identities } from '../../../../shared/stream/state/identities.ts';

const ids = fc.array(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.nat(50).map(String)), {
  maxLength: 300,
});

function setOf(all: Iterable<string>): Identities {
  const set = new Identities();
  for (const id of all) set.add(id);
  return set;
}

/** Ids as streams carry them: they differ in few characters. */
function idsLike(pattern: (n: number) => string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => pattern(n));
}
const patterns: [string, (n: number) => string][] = [
  ['rows', (n) => `orders|${n}|1`],
  ['versions', (n) => `products|${n % 500}|${Math.floor(n / 500)}`],
  ['clicks', (n) => `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`],
  ['one character far apart', (n) => String.fromCharCode(n % 65_536, 0, 0, 0, n >> 16)],
];

describe('Identities', () => {
  it('says of every id what a set of texts says', () => {
    fc.assert(
      fc.property(ids, ids, (added, asked) => {
        const set = new Identities();
        const model = new Set<string>();
        for (const id of added) {
          expect(set.add(id)).toBe(!model.has(id));
          model.add(id);
        }
        expect(set.size).toBe(model.size);
        for (const id of [...added, ...asked]) expect(set.has(id)).toBe(model.has(id));
      }),
    );
  });

  it('takes in what others have packed, in any order, as if it had been added', () => {
    fc.assert(
      fc.property(ids, ids, (left, right) => {
        const both = setOf(left);
        both.addPacked(setOf(right).pack());
        const other = setOf(right);
        other.addPacked(setOf(left).pack());
        const model = new Set([...left, ...right]);
        expect([both.size, other.size]).toEqual([model.size, model.size]);
        for (const id of model) expect([both.has(id), other.has(id)]).toEqual([true, true]);
      }),
    );
  });

  it('packs eight bytes for each id, wherever they come to lie', () => {
    const packed = setOf(['a', 'b', 'a', 'c']).pack();
    expect(packed).toHaveLength(24);
    const shifted = new Uint8Array([0, ...packed]).subarray(1);
    const set = new Identities();
    set.addPacked(shifted);
    expect(['a', 'b', 'c', 'd'].map((id) => set.has(id))).toEqual([true, true, true, false]);
    expect(() => set.addPacked(packed.subarray(1))).toThrow(
      'Cannot add identities: each has 8 bytes: received 23 bytes',
    );
  });

  it.each(patterns)('keeps 200,000 ids apart: %s', (_name, pattern) => {
    const all = idsLike(pattern, 200_000);
    expect(setOf(all).size).toBe(new Set(all).size);
  });

  it.each(patterns)('spreads each half of its hash evenly: %s', (_name, pattern) => {
    const count = 100_000;
    const packed = setOf(idsLike(pattern, count)).pack();
    const view = new DataView(packed.buffer);
    for (const half of [0, 4]) {
      const words = Array.from({ length: count }, (_, n) => view.getUint32(8 * n + half, true));
      // By chance count²/2³³ pairs are equal in one half, here about 1.2.
      expect(count - new Set(words).size).toBeLessThan(8);
      for (const shift of [0, 8, 16, 24]) {
        const buckets = new Array<number>(256).fill(0);
        for (const word of words) {
          const bucket = (word >>> shift) & 255;
          buckets[bucket] = (buckets[bucket] ?? 0) + 1;
        }
        const mean = count / 256;
        const chiSquare = buckets.reduce((sum, n) => sum + (n - mean) ** 2 / mean, 0);
        // 255 degrees of freedom: mean 255, standard deviation 22.6; five of them above.
        expect(chiSquare).toBeLessThan(255 + 5 * 22.6);
      }
    }
  });

  it('knows a large set again quickly after it was packed', () => {
    const set = setOf(idsLike((n) => `orders|${n}|1`, 300_000));
    const again = new Identities();
    for (let part = 0; part < 3; part += 1) again.addPacked(set.pack());
    expect(again.size).toBe(300_000);
  });
});
