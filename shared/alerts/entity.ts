import type { AlertData } from '../events/alert.ts';

/** What an alert is about: the customer where it does not tell, the shop where there is none. */
export function entityOf({ entity, customerId }: AlertData): {
  readonly kind: string;
  readonly id: string;
} {
  if (entity) return entity;
  return customerId === undefined
    ? { kind: 'shop', id: 'shop' }
    : { kind: 'customer', id: customerId };
}

/** What an alert is about, as one text. */
export function entityKey(alert: AlertData): string {
  const { kind, id } = entityOf(alert);
  return `${kind}|${id}`;
}
