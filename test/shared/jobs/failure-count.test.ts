import { describe, expect, it } from 'vitest';
import { FailureCount } from '../../../shared/jobs/failure-count.ts';

const fault = new RangeError('Cannot divide');
const count = () => new FailureCount({ failures: 3, forMs: 1_000 });

describe('FailureCount', () => {
  it('asks for failures in a row, often enough and over long enough', () => {
    const failures = count();
    const at = (nowMs: number) => failures.isTooMuch('a', fault, nowMs);
    expect([0, 100, 200, 999].map(at)).toEqual([false, false, false, false]);
    expect(at(1_000)).toBe(true);
    failures.forget('a');
    expect([2_000, 3_000].map(at)).toEqual([false, false]);
    expect(at(4_000)).toBe(true);
  });

  it('counts every shard for itself', () => {
    const failures = count();
    expect(failures.isTooMuch('a', fault, 0)).toBe(false);
    expect(failures.isTooMuch('a', fault, 5_000)).toBe(false);
    expect(failures.isTooMuch('b', fault, 9_000)).toBe(false);
    expect(failures.isTooMuch('a', fault, 9_000)).toBe(true);
  });

  it.each([
    { name: 'InternalServerError', $fault: 'server', $metadata: { httpStatusCode: 500 } },
    { name: 'ThrottlingException', $fault: 'client', $retryable: {}, $metadata: {} },
    { name: 'Error', code: 'ECONNREFUSED' },
  ])('does not blame a job for $name', (traits) => {
    const failures = count();
    const error = Object.assign(new Error('on fire'), traits);
    for (const nowMs of [0, 1_000, 2_000, 3_000]) {
      expect(failures.isTooMuch('a', error, nowMs)).toBe(false);
    }
  });

  it('blames it for what it must not ask', () => {
    const failures = count();
    const traits = { $fault: 'client', $metadata: { httpStatusCode: 400 } };
    const error = Object.assign(new Error('Item too large'), traits);
    expect([0, 1_000, 2_000].map((nowMs) => failures.isTooMuch('a', error, nowMs))).toEqual([
      false,
      false,
      true,
    ]);
  });
});
