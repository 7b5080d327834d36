import type { Settings } from '../../config/settings.ts';
import type { FeatureEvent } from '../../features/feature.ts';
import { fraudRule } from '../rule.ts';

/** Payments are declined one after the other: cards, or their limits, are being tried. */
export function declinedPayments(settings: Settings) {
  return fraudRule({
    name: 'declined-payments',
    version: 1,
    severity: 'warning',
    mode: 'live',
    decision: 'review',
    on: ['payment'],
    title: 'Many declined payments',
    entity: 'customer',
    windowMs: 3_600_000,
    reads: ['customer_declined_1h', 'card_declined_1h', 'device_declined_1h'],
    parameters: { declinedMin: settings.declinedPaymentsMin },
    when: (features, event, { declinedMin }) => mostDeclined(features, event) >= declinedMin,
    reason: (features, event) =>
      `${mostDeclined(features, event)} payments by the customer, card or device of order ${event.entities['order']} were declined within an hour`,
  });
}

interface Declined {
  readonly customer_declined_1h: number | null;
  readonly card_declined_1h: number | null;
  readonly device_declined_1h: number | null;
}

/** The features count earlier payments only: at checkout nobody knows what becomes of this one. */
function mostDeclined(features: Declined, { values }: FeatureEvent): number {
  const { customer_declined_1h, card_declined_1h, device_declined_1h } = features;
  const earlier = Math.max(
    customer_declined_1h ?? 0,
    card_declined_1h ?? 0,
    device_declined_1h ?? 0,
  );
  return earlier + (values['status'] === 'declined' ? 1 : 0);
}
