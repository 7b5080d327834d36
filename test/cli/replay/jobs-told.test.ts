import { describe, expect, it } from 'vitest';
import { declaredJobs } from '../../../cli/jobs/declared-jobs.ts';
import { jobsTold } from '../../../cli/replay/jobs-told.ts';
import { settings } from '../../../shared/config/settings.ts';

const jobs = declaredJobs(settings({}));
const told = (...dataSets: readonly string[]) => jobsTold(jobs, dataSets).map(({ name }) => name);

describe('jobsTold()', () => {
  it('leaves out jobs that read nothing of what came', () => {
    expect(told('clicks')).toEqual(expect.arrayContaining(['most-viewed', 'funnel', 'sessions']));
    expect(told('clicks')).not.toContain('revenue');
    expect(told('clicks')).not.toContain('top-products-1h');
    expect(told('orders', 'order_items')).toContain('revenue');
    expect(told('orders', 'order_items')).not.toContain('most-viewed');
  });

  it('takes all where nothing is named, and where both streams are', () => {
    expect(jobsTold(jobs, [])).toEqual(jobs);
    expect(jobsTold(jobs, ['orders', 'clicks'])).toEqual(jobs);
  });
});
