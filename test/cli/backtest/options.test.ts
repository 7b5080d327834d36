import { describe, expect, it } from 'vitest';
import { parseBacktestOptions } from '../../../cli/backtest/options.ts';

describe('parseBacktestOptions()', () => {
  it('takes a file and a stretch of time', () => {
    const args = ['rules.ts', '--from', '2026-03-01', '--to', '2026-03-02T12:00:00Z', '--json'];
    expect(parseBacktestOptions(args)).toMatchObject({
      file: 'rules.ts',
      fromMs: Date.UTC(2026, 2, 1),
      toMs: Date.UTC(2026, 2, 2, 12),
      labels: undefined,
      json: true,
    });
    expect(parseBacktestOptions(['--help'])).toBe('help');
  });

  it('refuses what says nothing', () => {
    expect(() => parseBacktestOptions([])).toThrow('one file of rules must be given');
    expect(() => parseBacktestOptions(['rules.ts', '--from', 'yesterday'])).toThrow(
      '--from must be a day or an instant',
    );
    const turned = ['rules.ts', '--from', '2026-03-02', '--to', '2026-03-01'];
    expect(() => parseBacktestOptions(turned)).toThrow('--from must lie before --to');
  });
});
