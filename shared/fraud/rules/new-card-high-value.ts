import type { Settings } from '../../config/settings.ts';
import { amountText } from '../amount-text.ts';
import { atLeast, fraudRule } from '../rule.ts';

/** A card that the shop has not seen before pays for much. */
export function newCardHighValue(settings: Settings) {
  return fraudRule({
    name: 'new-card-high-value',
    version: 1,
    severity: 'info',
    mode: 'live',
    on: ['payment'],
    title: 'New card, high value',
    entity: 'order',
    windowMs: 24 * 3_600_000,
    reads: ['card_age_minutes', 'order_total_cents'],
    parameters: { newMinutes: 24 * 60, valueMinCents: settings.newCardValueCents },
    when: ({ card_age_minutes: age, order_total_cents: cents }, _, { newMinutes, valueMinCents }) =>
      age !== null && age < newMinutes && atLeast(cents, valueMinCents),
    reason: ({ order_total_cents: cents }, { entities }) =>
      `Order ${entities['order']}, worth ${amountText(cents ?? 0)}, is paid with a card that was first used here within the last day`,
  });
}
