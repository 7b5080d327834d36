import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  lastCounter,
  numberBefore,
  parseSequenceNumber,
  sequenceNumber,
  sequencePrefix,
} from '../../../../infra/local/kinesis/sequence-number.ts';

const stampMs = fc.integer({ min: 1, max: 8_000_000_000_000 });
const shardIndex = fc.integer({ min: 0, max: 999_999_999 });
const counter = fc.bigInt({ min: 0n, max: lastCounter });

describe('sequenceNumber()', () => {
  it('has 56 digits and is read back as it was', () => {
    fc.assert(
      fc.property(stampMs, shardIndex, counter, (stamp, index, count) => {
        const number = sequenceNumber(sequencePrefix(stamp, index), count);
        expect(number).toMatch(/^[1-9]\d{55}$/);
        expect(parseSequenceNumber(number)).toEqual({
          stampMs: stamp,
          shardIndex: index,
          counter: count,
        });
      }),
    );
  });

  it('is ordered as text as it is as a number: by stamp, then shard, then counter', () => {
    const position = fc.tuple(stampMs, shardIndex, counter);
    fc.assert(
      fc.property(position, position, (a, b) => {
        const [first, second] = [a, b].map(([stamp, index, count]) =>
          sequenceNumber(sequencePrefix(stamp, index), count),
        ) as [string, string];
        expect(first < second).toBe(BigInt(first) < BigInt(second));
        if (a[0] < b[0]) expect(first < second).toBe(true);
      }),
    );
  });
});

describe('parseSequenceNumber()', () => {
  it.each(['', '0', 'x', `49${'0'.repeat(53)}`, `50${'0'.repeat(54)}`, `49${'0'.repeat(55)}`])(
    'does not know %j',
    (text) => {
      expect(parseSequenceNumber(text)).toBeUndefined();
    },
  );
});

describe('numberBefore()', () => {
  it('leaves nothing between', () => {
    const number = sequenceNumber(sequencePrefix(1_700_000_000_000, 3), 7);
    expect(BigInt(number) - BigInt(numberBefore(number))).toBe(1n);
    expect(numberBefore(number) < number).toBe(true);
  });
});
