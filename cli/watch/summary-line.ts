import { summarise } from '../../web/summary.ts';
import type { Watched } from './blocks.ts';

/** The figures of a moment in one line, for who reads them in a file or through a pipe. */
export function summaryLine({ document, format }: Watched, state: string): string {
  const { net, orders } = summarise(document.revenue?.windows ?? []);
  const pulse = document.salesPulse?.now;
  const newest = document.alerts?.alerts[0];
  const paid = document.funnel?.conversionPercent;
  return [
    state,
    ...(net.total === null ? [] : [`net ${format.money(net.total)}`]),
    ...(orders.total === null ? [] : [`orders ${format.count(orders.total)}`]),
    ...(pulse ? [`pulse ${format.count(pulse.sales)} sales${pulse.isSpike ? ' SPIKE' : ''}`] : []),
    ...(paid == null ? [] : [`funnel ${format.share(paid)}`]),
    ...(newest ? [`alert ${newest.title}`] : []),
  ]
    .map((part) => part.replaceAll(/\p{Cc}+/gu, ' '))
    .join('  ');
}
