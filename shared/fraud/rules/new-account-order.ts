import type { Settings } from '../../config/settings.ts';
import { amountText } from '../amount-text.ts';
import { atLeast, fraudRule } from '../rule.ts';

/** An order in the minute of the sign-up, or a large first one of a young account. */
export function newAccountOrder(settings: Settings) {
  return fraudRule({
    name: 'new-account-order',
    version: 1,
    severity: 'info',
    mode: 'live',
    on: ['order'],
    title: 'Order of a new account',
    entity: 'customer',
    windowMs: 24 * 3_600_000,
    reads: ['account_age_minutes', 'customer_orders_30d', 'order_total_cents'],
    parameters: {
      youngMinutes: 24 * 60,
      firstMinCents: settings.newAccountValueCents,
    },
    when: (
      { account_age_minutes: age, customer_orders_30d: orders, order_total_cents: cents },
      _,
      { youngMinutes, firstMinCents },
    ) =>
      age !== null &&
      orders === 1 &&
      (age < 1 || (age < youngMinutes && atLeast(cents, firstMinCents))),
    reason: ({ account_age_minutes: age, order_total_cents: cents }, { entities }) => {
      const when =
        age !== null && age < 1
          ? 'in the minute of the sign-up'
          : `within ${(age ?? 0) + 1} minutes of the sign-up`;
      return `Customer ${entities['customer']} placed the first order, worth ${amountText(cents ?? 0)}, ${when}`;
    },
  });
}
