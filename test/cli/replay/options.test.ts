import { describe, expect, it } from 'vitest';
import { parseReplayOptions } from '../../../cli/replay/options.ts';

const parse = (line: string) => parseReplayOptions(line.split(' '));

describe('parseReplayOptions()', () => {
  it('reads where to begin', () => {
    const from = (line: string) => {
      const options = parse(line);
      return options === 'help' ? options : options.beginning;
    };
    expect(from('--job revenue --from trim-horizon')).toEqual({
      kind: 'stream',
      fromMs: undefined,
    });
    expect(from('--job revenue --from 2026-03-01T00:00:00Z')).toEqual({
      kind: 'stream',
      fromMs: Date.UTC(2026, 2, 1),
    });
    expect(from('--job revenue --from lake --since 2026-03-01')).toEqual({
      kind: 'lake',
      sinceMs: Date.UTC(2026, 2, 1),
      untilMs: undefined,
    });
    expect(from('--job all --from lake --wait --swap')).toEqual({
      kind: 'lake-and-streams',
      sinceMs: undefined,
      overlapMs: 15 * 60_000,
    });
    expect(from('--job all --from lake --wait --overlap 90s')).toMatchObject({ overlapMs: 90_000 });
    expect(from('--job revenue --compare')).toBeUndefined();
    expect(from('--job revenue --wait')).toBeUndefined();
    expect(parse('--help')).toBe('help');
  });

  it.each([
    ['--job revenue', 'it needs one of --from, --wait, --compare, --swap and --drop'],
    ['--from yesterday', '--from must be trim-horizon, lake or an instant'],
    ['--from lake --swap', 'it has to catch up first: add --wait'],
    ['--from lake --wait --until 2026-03-01', 'a history that the streams join has no end'],
    ['--from lake --overlap 5m', '--overlap belongs to a history that the streams join'],
    ['--from lake --wait --overlap long', 'Cannot read duration'],
    ['--job all --compare --generation 2', '--generation is of one job'],
    ['--from trim-horizon --swap', 'it has to catch up first: add --wait'],
    ['--from trim-horizon --drop', '--drop stands alone'],
    [
      '--from trim-horizon --since 2026-03-01',
      '--since, --until and --overlap belong to --from lake',
    ],
    ['--from lake --since 2026-03-02 --until 2026-03-01', '--until must lie after --since'],
    ['--compare --generation two', '--generation must be a whole number from 1 on: received "two"'],
  ])('refuses %s', (line, reason) => {
    expect(() => parse(line)).toThrow(reason);
  });
});
