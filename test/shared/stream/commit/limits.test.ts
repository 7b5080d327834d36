import { limitFeatures } from '../../../fixtures/worst-batches/limit-features.ts';
import { LimitedStore } from '../../../fixtures/worst-batches/limited-store.ts';

limitFeatures('held to DynamoDB’s by the store', 10_000, async () => {
  return { store: new LimitedStore(), close: async () => {} };
});
