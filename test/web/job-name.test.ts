import { expect, test } from 'vitest';
import { jobName } from '../../web/job-name.ts';

test('jobName() names the jobs there are, and reads the name of any later one', () => {
  expect(jobName('high-value-order')).toBe('High-value orders');
  expect(jobName('top-products')).toBe('Top products');
});
