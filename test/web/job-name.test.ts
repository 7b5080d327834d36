import { expect, test } from 'vitest';
import { jobName } from '../../web/job-name.ts';

test('jobName() reads the name of a job as people do', () => {
  expect(jobName('fraud')).toBe('Fraud');
  expect(jobName('top-products')).toBe('Top products');
});
