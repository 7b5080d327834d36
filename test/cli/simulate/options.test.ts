import { expect, test } from 'vitest';
import { parseSimulateOptions, usage } from '../../../cli/simulate/options.ts';

test('parseSimulateOptions() keeps shoppers without an end where no sessions are asked for', () => {
  expect(parseSimulateOptions(['--rate', '20'])).toMatchObject({
    kind: 'endless',
    ratePerSecond: 20,
    durationMs: undefined,
    seed: 1,
    clear: false,
  });
  expect(parseSimulateOptions([])).toMatchObject({ kind: 'endless', ratePerSecond: undefined });
  expect(parseSimulateOptions(['--clear', '--duration', '90s'])).toMatchObject({
    kind: 'endless',
    clear: true,
    durationMs: 90_000,
  });
  expect(parseSimulateOptions(['--clear'])).toMatchObject({ kind: 'nothing', clear: true });
});

test('parseSimulateOptions() plans sessions, live, faster, or as a history', () => {
  const all = '--sessions 50 --duration 25 --rate 10 --speed 60 --seed 7'.split(' ');
  expect(parseSimulateOptions(all)).toMatchObject({
    kind: 'sessions',
    sessions: 50,
    durationMs: 1_500_000,
    ratePerSecond: 10,
    speed: 60,
    seed: 7,
    fraudShare: 0.01,
    learn: true,
  });
  expect(parseSimulateOptions(['--historical', '30', '--no-learn', '--data', 'x'])).toMatchObject({
    kind: 'sessions',
    sessions: 50,
    historicalDays: 30,
    durationMs: 1_500_000,
    learn: false,
    labels: 'x/labels.jsonl',
  });
  expect(
    parseSimulateOptions(['--sessions', '5', '--fraud-share', '0', '--labels', 'labels']),
  ).toMatchObject({ fraudShare: 0, labels: 'labels', speed: 1 });
});

test('parseSimulateOptions() says which argument is wrong', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['--rate 0', '--rate must be a number above 0 and up to 10000: received "0"'],
    ['--rate fast', '--rate must be a number above 0 and up to 10000: received "fast"'],
    ['--sessions 1.5', '--sessions must be a whole number from 1 to 1000000: received "1.5"'],
    ['--sessions 0', '--sessions must be a whole number from 1 to 1000000: received "0"'],
    ['--speed 60', '--speed belongs to --sessions or --historical: received --speed 60'],
    ['--historical 3 --speed 9', 'a history is told as fast as the shop bears it'],
    ['--sessions 5 --speed 0.5', '--speed must be a number from 1 to 1000000: received "0.5"'],
    ['--sessions 5 --fraud-share 2', '--fraud-share must be a number from 0 to 1: received "2"'],
    ['--seed -1', '--seed'],
  ];
  for (const [text, message] of refused) {
    expect(() => parseSimulateOptions(text.split(' ')), text).toThrow(message);
  }
  expect(parseSimulateOptions(['--help'])).toBe('help');
});

test('usage says how purposes and weights go together', () => {
  expect(usage).toMatch(/^ {2}all +400 +200 +150 +100 +100 +50 +1000$/m);
  for (const line of usage.split('\n')) expect(line.length, line).toBeLessThanOrEqual(110);
});
