import { expect, it } from 'vitest';
import { statisticsJobs } from '../../../functions/statistics/jobs.ts';
import { settings } from '../../../shared/config/settings.ts';

it('every result of the statistics leaves the table some day, those of days last', () => {
  const chosen = settings({
    WINDOW_RESULTS_KEPT_MS: '1000000000',
    DAY_RESULTS_KEPT_MS: '40000000000',
    SESSION_RESULTS_KEPT_MS: '90000000',
  });
  const kept = statisticsJobs(chosen).map(({ name, open }) => [
    name,
    open((job) => ('resultsKeptMs' in job ? job.resultsKeptMs : undefined)),
  ]);
  const others = new Map<unknown, number>([
    ['revenue-1d', 40_000_000_000],
    ['sessions', 90_000_000],
    ['abandoned-carts', 90_000_000],
  ]);
  expect(kept).toEqual(kept.map(([name]) => [name, others.get(name) ?? 1_000_000_000]));
});
