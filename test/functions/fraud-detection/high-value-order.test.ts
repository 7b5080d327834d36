import { describe, expect, it } from 'vitest';
import { highValueOrder } from '../../../functions/fraud-detection/high-value-order.ts';
import { settings } from '../../../shared/config/settings.ts';
import { alertDataSchema } from '../../../shared/events/alert.ts';
import { orderItemText, orderText, streamRecord } from '../../fixtures/shop-changes.ts';

const noonMs = Date.UTC(2026, 2, 1, 12);
const job = highValueOrder(settings({ HIGH_ORDER_VALUE_CENTS: '100000' }));

function alertsOf(text: string) {
  const [decoded] = job.sources[0]?.decode([streamRecord(text)]) ?? [];
  return decoded?.kind === 'event' ? job.evaluate(decoded.event) : decoded?.kind;
}

describe('highValueOrder()', () => {
  it('alerts once about an order of the threshold and more', () => {
    expect(alertsOf(orderText(5, noonMs, { total: '999.99' }))).toEqual([]);
    expect(alertsOf(orderText(5, noonMs, { total: '1000.00' }))).toEqual([
      {
        id: 'high-value-order|5',
        entity: '7',
        type: 'alert',
        revision: 1,
        data: {
          rule: 'high-value-order',
          ruleVersion: 1,
          severity: 'warning',
          title: 'High-value order',
          reason: 'Order 5 is worth 1,000.00; the threshold is 1,000.00',
          orderId: '5',
          customerId: '7',
          totalCents: 100_000,
          atMs: noonMs,
          committedAtMs: noonMs,
        },
      },
    ]);
  });

  it('holds twice the threshold for critical', () => {
    const severityOf = (total: string) => {
      const alerts = alertsOf(orderText(5, noonMs, { total }));
      return Array.isArray(alerts) ? alertDataSchema.parse(alerts[0]?.data).severity : undefined;
    };
    expect([severityOf('1999.99'), severityOf('2000.00')]).toEqual(['warning', 'critical']);
  });

  it('looks at new orders only', () => {
    const large = { total: '5000.00', row_version: 2 };
    expect(alertsOf(orderText(5, noonMs, large, { operation: 'update' }))).toBe('ignored');
    expect(alertsOf(orderText(5, noonMs, large, { operation: 'load' }))).toBe('ignored');
    expect(alertsOf(orderItemText(5, noonMs))).toBe('ignored');
    expect(alertsOf(orderText(5, noonMs, { total: 'much' }))).toBe('undecodable');
  });
});
