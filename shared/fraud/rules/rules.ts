import type { Settings } from '../../config/settings.ts';
import type { FraudRule } from '../rule.ts';
import { declinedPayments } from './declined-payments.ts';
import { fraudScore } from './fraud-score.ts';
import { highValueOrder } from './high-value-order.ts';
import { knownFraud } from './known-fraud.ts';
import { newAccountOrder } from './new-account-order.ts';
import { newCardHighValue } from './new-card-high-value.ts';
import { orderBurst } from './order-burst.ts';
import { sharedCard } from './shared-card.ts';
import { sharedDevice } from './shared-device.ts';
import { similarOrders } from './similar-orders.ts';
import { unlikeCountry } from './unlike-country.ts';
import { unusualValue } from './unusual-value.ts';

/** The rules of the shop: a new one is a line here. */
export function fraudRules(settings: Settings): readonly FraudRule[] {
  return [
    orderBurst(settings),
    highValueOrder(settings),
    unusualValue(settings),
    similarOrders(),
    newAccountOrder(settings),
    sharedDevice(settings),
    sharedCard(settings),
    newCardHighValue(settings),
    declinedPayments(settings),
    unlikeCountry(),
    knownFraud(),
    fraudScore(),
  ];
}
