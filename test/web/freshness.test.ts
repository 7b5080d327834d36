import { expect, test } from 'vitest';
import type { JobHealth, LiveDocument } from '../../shared/events/live.ts';
import { formats } from '../../web/format.ts';
import { freshness } from '../../web/freshness.ts';

const nowMs = Date.UTC(2026, 2, 1, 12);
const format = formats('en-US', 'USD');
const answering = { kind: 'answering' } as const;

function job(overrides: Partial<JobHealth> = {}): JobHealth {
  return {
    job: 'revenue',
    updatedAtMs: nowMs - 400,
    latencyMs: null,
    watermarkMs: nowMs - 12_000,
    shards: [{ stream: 'shop-changes', shard: 'shard-1', watermarkMs: nowMs - 12_000, lagMs: 900 }],
    ...overrides,
  };
}

function document(...health: JobHealth[]): LiveDocument {
  return {
    schemaVersion: 2,
    currency: 'USD',
    revenue: null,
    longerRevenue: [],
    topProducts: [],
    salesPulse: null,
    productInterest: null,
    funnel: null,
    abandonedCarts: null,
    mostViewed: null,
    orders: null,
    alerts: null,
    health,
  };
}

function judge(given: LiveDocument | undefined) {
  return freshness(given, answering, { nowMs, serverNowMs: nowMs }, format);
}

test('freshness() is live while every job has written lately and no shard lags', () => {
  expect(judge(document(job()))).toEqual({ level: 'live', label: 'Live', reason: '' });
});

test('freshness() without a first answer is connecting', () => {
  const clock = { nowMs, serverNowMs: nowMs };
  const judged = freshness(undefined, { kind: 'connecting' }, clock, format);
  expect(judged.level).toBe('connecting');
});

test('freshness() of a page that is to be signed in to is no trouble', () => {
  const judged = freshness(
    undefined,
    { kind: 'signed-out' },
    { nowMs, serverNowMs: nowMs },
    format,
  );
  expect(judged).toEqual({ level: 'signed-out', label: 'Signed out', reason: '' });
});

test('freshness() before any job has written says what will come', () => {
  const judged = judge(document());
  expect(judged.level).toBe('waiting');
  expect(judged.reason).toContain('first change in the shop');
});

test('freshness() says since when a job is silent', () => {
  const judged = judge(document(job(), job({ job: 'fraud', updatedAtMs: nowMs - 65_000 })));
  expect(judged.level).toBe('stale');
  expect(judged.reason).toMatch(/^Fraud has written nothing since .+\(1.min 5.s\)/);
});

test('freshness() does not expect alert delivery to write while nothing is to be delivered', () => {
  const delivery = { job: 'alert-delivery', updatedAtMs: nowMs - 3_600_000, latencyMs: null };
  expect(judge(document(job(), delivery)).level).toBe('live');
});

test('freshness() names the shard that lags', () => {
  const slow = {
    stream: 'shop-changes',
    shard: 'shard-2',
    watermarkMs: nowMs - 60_000,
    lagMs: 45_000,
  };
  const judged = judge(document(job({ shards: [...(job().shards ?? []), slow] })));
  expect(judged.level).toBe('delayed');
  expect(judged.reason).toContain('at shard-2 of shop-changes');
});

test('freshness() names the shard that has sent no tick yet', () => {
  const untold = { stream: 'shop-changes', shard: 'shard-3', watermarkMs: null, lagMs: null };
  const judged = judge(document(job({ watermarkMs: null, shards: [untold] })));
  expect(judged.level).toBe('delayed');
  expect(judged.reason).toContain('first tick from shard-3 of shop-changes');
});

test('freshness() of an API that is away says why, since when, and when it tries again', () => {
  const away = {
    kind: 'away',
    reason: 'The API does not answer',
    sinceMs: nowMs - 3000,
    retryAtMs: nowMs + 3200,
  } as const;
  const clock = { nowMs, serverNowMs: nowMs };
  const judged = freshness(document(job()), away, clock, format);
  expect(judged.level).toBe('away');
  expect(judged.reason).toMatch(/^The API does not answer, since .+\. Trying again in 4 s\. What/);
  const due = freshness(undefined, { ...away, retryAtMs: nowMs }, clock, format);
  expect(due.reason).toMatch(/Trying again now\.$/);
});

test('freshness() says that a job is parked, and why, before anything else', () => {
  const reason = 'RangeError: Cannot divide';
  const parked = job({ status: 'parked', reason, updatedAtMs: nowMs - 65_000 });
  expect(judge(document(job(), parked))).toEqual({
    level: 'delayed',
    label: 'Parked',
    reason: 'Revenue is parked: RangeError: Cannot divide. Its figures follow when it goes on.',
  });
  expect(judge(document(job({ status: 'stopped' }))).label).toBe('Stopped');
  expect(judge(document(job({ status: 'running' }))).level).toBe('live');
});
