import type { MomentaryKind } from '../../shared/alerts/alert-kinds.ts';
import type { AlertData } from '../../shared/events/alert.ts';
import type { SalesPulseData } from '../../shared/events/sales-pulse.ts';
import { amountText } from '../../shared/fraud/amount-text.ts';
import type { ClosingEmission } from '../../shared/stream/job.ts';
import type { WindowBounds } from '../../shared/stream/window.ts';

const shop = { kind: 'shop', id: 'shop' };

/** What people are told when sales leap. Of all spikes of the shop the cooldown is one. */
export function spikeAlert(pulse: SalesPulseData, window: WindowBounds): ClosingEmission {
  const { sales, orders, sellers, revenueCents, growthPercent, revenueGrowthPercent } = pulse;
  const data: AlertData = {
    rule: 'sales-spike' satisfies MomentaryKind,
    ruleVersion: 1,
    severity: 'warning',
    title: `Sales are up ${growthPercent} %`,
    reason: pulse.insight,
    atMs: window.endMs,
    entity: shop,
    window: { startMs: window.startMs, endMs: window.endMs },
    confidenceBasis: `one-sided Poisson test of orders against the window before: p = ${pulse.pValue}`,
    links: [
      {
        title: 'Pulse of that window',
        path: `/statistics/sales-pulse?from=${window.startMs}&to=${window.startMs + 1}`,
      },
    ],
    facts: [
      { name: 'Sales', value: `${sales}, before: ${pulse.before.sales}` },
      { name: 'Orders', value: `${orders}, before: ${pulse.before.orders}` },
      { name: 'Revenue', value: amountText(revenueCents) },
      ...(revenueGrowthPercent === null
        ? []
        : [{ name: 'Growth of revenue', value: `${revenueGrowthPercent} %` }]),
      { name: 'Sellers', value: String(sellers) },
    ],
  };
  return {
    id: `sales-spike|${window.startMs}`,
    type: 'alert',
    entity: `${shop.kind}|${shop.id}`,
    data,
  };
}
