import { describe, expect, it } from 'vitest';
import {
  estimate,
  note,
  noteAll,
  zeroRegisters,
} from '../../../../shared/stream/accumulators/hyper-log-log.ts';
import { hash53 } from '../../../../shared/stream/state/identities.ts';

function estimateOf(texts: number, precision: number, run: number): number {
  const registers = zeroRegisters(precision);
  for (let index = 0; index < texts; index += 1)
    note(registers, hash53(`customer ${run * 100_000 + index}`));
  return estimate(registers);
}

describe('estimate()', () => {
  const runs = 30;
  const cases = [9, 10, 12].flatMap((precision) =>
    [300, 3_000, 30_000].map((texts) => ({ precision, texts })),
  );

  it.each(cases)('of $texts texts at precision $precision errs as stated', (given) => {
    const { precision, texts } = given;
    const standardError = 1.04 / Math.sqrt(2 ** precision);
    const rounding = 0.5 / texts;
    const errors = Array.from(
      { length: runs },
      (_, run) => estimateOf(texts, precision, run) / texts - 1,
    );
    const mean = errors.reduce((sum, error) => sum + error, 0) / runs;
    const square = errors.reduce((sum, error) => sum + error ** 2, 0) / runs;
    expect(Math.abs(mean)).toBeLessThan((3 * standardError) / Math.sqrt(runs) + rounding);
    // Of thirty draws the root of the mean square is seldom a third above the true one.
    expect(Math.sqrt(square)).toBeLessThan((standardError * 4) / 3 + rounding);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(3 * standardError + rounding);
  });

  it('is zero of nothing', () => {
    expect(estimate(zeroRegisters(12))).toBe(0);
  });
});

describe('note()', () => {
  it('takes the first bits as index and counts the zeros behind them', () => {
    const registers = zeroRegisters(4);
    noteAll(registers, [2 ** 48, 3 * 2 ** 49 + 2 ** 40, 15 * 2 ** 49 + 1, 14 * 2 ** 49]);
    expect([...registers].map((rank, index) => [index, rank]).filter(([, rank]) => rank)).toEqual([
      [0, 1],
      [3, 9],
      [14, 50],
      [15, 49],
    ]);
  });
});
