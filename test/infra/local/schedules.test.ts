import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { InvocationResult } from '../../../infra/local/lambda/invocation-result.ts';
import { type RunningSchedules, startSchedules } from '../../../infra/local/schedules.ts';
import type { Resource } from '../../../infra/local/service.ts';

let running: RunningSchedules | undefined;
let calls: [string, unknown][] = [];
let lines: string[] = [];

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-21T10:00:30Z') });
});
afterEach(async () => {
  vi.useRealTimers();
  await running?.stop(0);
  running = undefined;
  calls = [];
  lines = [];
});

function schedule(properties: object = {}): Resource {
  return {
    stack: 'App',
    logicalId: 'Sweep',
    type: 'AWS::Scheduler::Schedule',
    ref: 'dev-sweep',
    attributes: {},
    properties: {
      ScheduleExpression: 'rate(1 minute)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: 'arn:aws:lambda:us-east-1:000000000000:function:dev-statistics',
        RoleArn: 'arn:aws:iam::000000000000:role/scheduler',
        Input: '{"task":"sweep"}',
      },
      ...properties,
    },
  };
}

const success: InvocationResult = { ok: true, payload: null, requestId: 'request' };

function start(
  schedules: readonly Resource[],
  answer: () => Promise<InvocationResult> = async () => success,
): void {
  running = startSchedules({
    schedules,
    invoke: (name, event) => {
      calls.push([name, event]);
      return answer();
    },
    log: (line) => lines.push(line),
    now: Date.now,
  });
}

test('startSchedules() runs at once, then at the rate, with the input', async () => {
  start([schedule()]);
  expect(calls).toEqual([['dev-statistics', { task: 'sweep' }]]);
  await vi.advanceTimersByTimeAsync(59_999);
  expect(calls).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(calls).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(180_000);
  expect(calls).toHaveLength(5);
});

test('startSchedules() runs cron in UTC, also when it is weeks away', async () => {
  start([schedule({ ScheduleExpression: 'cron(0 0 1 JAN ? *)' })]);
  await vi.advanceTimersByTimeAsync(Date.parse('2026-12-31T23:59:59Z') - Date.now());
  expect(calls).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(calls).toHaveLength(2);
});

test('startSchedules() says when a schedule has run for the last time', async () => {
  start([schedule({ ScheduleExpression: 'cron(1 10 21 NOV ? 2026)' })]);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(calls).toHaveLength(2);
  expect(lines).toEqual(['schedule dev-sweep has no further run']);
});

test('startSchedules() starts a run while the last one is still going', async () => {
  start([schedule()], () => new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(120_000);
  expect(calls).toHaveLength(3);
});

test('startSchedules() logs a failed run and goes on', async () => {
  const answers = [
    () => Promise.reject(new Error('no such function')),
    async (): Promise<InvocationResult> => ({
      ok: false,
      errorType: 'RangeError',
      errorMessage: 'too far',
      timedOut: false,
      throttled: false,
      requestId: 'request',
    }),
  ];
  start([schedule()], () => answers.shift()?.() ?? Promise.resolve(success));
  await vi.advanceTimersByTimeAsync(120_000);
  expect(lines).toEqual([
    'schedule dev-sweep failed: Error: no such function',
    'schedule dev-sweep failed: RangeError: too far',
  ]);
  expect(calls).toHaveLength(3);
});

test('startSchedules() runs a missed schedule once after the machine slept', async () => {
  start([schedule()]);
  vi.setSystemTime(Date.now() + 3_600_000);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(calls).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(calls).toHaveLength(3);
});

test('stop() starts nothing more, and waits for the run under way', async () => {
  let ended = false;
  start([schedule()], async () => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    ended = true;
    return success;
  });
  const stopped = running?.stop();
  await vi.advanceTimersByTimeAsync(1000);
  await stopped;
  expect(ended).toBe(true);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(calls).toHaveLength(1);
});

test('stop() waits no longer than its patience', async () => {
  start([schedule()], () => new Promise(() => undefined));
  const stopped = running?.stop(500);
  await vi.advanceTimersByTimeAsync(500);
  await expect(stopped).resolves.toBeUndefined();
});

test('startSchedules() leaves disabled schedules alone', () => {
  start([schedule({ State: 'DISABLED' })]);
  expect(calls).toHaveLength(0);
});

test.each([
  [{ ScheduleExpressionTimezone: 'Europe/Berlin' }, 'only UTC is played'],
  [{ ScheduleExpression: 'at(2027-01-01T00:00:00)' }, 'only rate(…) and cron(…) are played'],
  [{ Target: { Arn: 'arn:aws:sqs:us-east-1:000000000000:queue' } }, "not a function's name or ARN"],
  [
    { Target: { Arn: 'arn:aws:lambda:us-east-1:000000000000:function:f', Input: '{' } },
    'Target.Input is not JSON',
  ],
])('startSchedules() refuses %j', (properties, message) => {
  expect(() => start([schedule(properties)])).toThrow(message);
});
