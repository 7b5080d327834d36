import { expect, it } from 'vitest';
import { countShoppers, hasMostlyFailed } from '../../../cli/shoppers/shopper-report.ts';

it('hasMostlyFailed() tells a shop that has gone from one that is busy', () => {
  const counts = countShoppers();
  expect(hasMostlyFailed(counts.report())).toBe(false);
  for (let drawn = 0; drawn < 4; drawn += 1) counts.drawn('view');
  for (let failed = 0; failed < 2; failed += 1) counts.failed();
  expect(hasMostlyFailed(counts.report())).toBe(false);
  counts.failed();
  expect(hasMostlyFailed(counts.report())).toBe(true);
});
