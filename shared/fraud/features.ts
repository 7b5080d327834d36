import { featureSet } from '../features/feature-set.ts';
import { addressFeatures } from './features/address.ts';
import { amountFeatures } from './features/amount.ts';
import { cardFeatures } from './features/card.ts';
import { comparedFeatures } from './features/compared.ts';
import { customerFeatures } from './features/customer.ts';
import { deviceFeatures } from './features/device.ts';
import { emailFeatures } from './features/email.ts';
import { ipFeatures } from './features/ip.ts';
import { orderFeatures } from './features/order.ts';
import { pointFeatures } from './features/point.ts';
import { visitorFeatures } from './features/visitor.ts';
import { fraudJob } from './fraud-job.ts';
import { shopSources } from './sources.ts';

/** What is known of an order when it is placed, and when someone tries to pay it. */
export const shopFraud = featureSet('shop-fraud', {
  sources: shopSources,
  points: ['order', 'payment'],
  memoryMs: fraudJob.stateTtlMs,
  features: [
    ...pointFeatures,
    ...orderFeatures,
    ...customerFeatures,
    ...cardFeatures,
    ...deviceFeatures,
    ...addressFeatures,
    ...ipFeatures,
    ...emailFeatures,
    ...amountFeatures,
    ...visitorFeatures,
    ...comparedFeatures,
  ],
});
