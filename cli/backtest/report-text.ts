import { alignedLines } from '../aligned-lines.ts';
import type { RuleReport } from './measure-rule.ts';

/** A report for people. */
export function reportText(report: RuleReport): string {
  const { rule, version, orders, hits, alerts, severities, days, examples, difference } = report;
  const bySeverity = Object.entries(severities).map(([name, count]) => `${count} ${name}`);
  const others = difference.to.length === 1 ? `the live ${difference.to[0]}` : 'the live rules';
  return [
    `${rule}, version ${version}: hits ${countOf(hits)} of ${countOf(orders)} orders${bySeverity.length > 0 ? ` (${bySeverity.join(', ')})` : ''}, ${countOf(alerts)} alerts`,
    knownText(report),
    `Beside ${others}: ${countOf(difference.onlyNew)} new${namesOf(difference.onlyNewOrders, difference.onlyNew)}, ${countOf(difference.both)} known, ${countOf(difference.onlyLive)} that only ${others} ${difference.to.length === 1 ? 'finds' : 'find'}${namesOf(difference.onlyLiveOrders, difference.onlyLive)}`,
    ...(days.length > 0
      ? ['', alignedLines([['day', 'hits', 'alerts'], ...days.map(dayRow)])]
      : []),
    ...(examples.length > 0 ? ['', ...examples.map(exampleText)] : []),
  ].join('\n');
}

function knownText({ known }: RuleReport): string {
  if (!known) {
    return 'Precision and recall: not known, as nothing is known of any of these orders';
  }
  const { labelled, fraud, hitsLabelled, hitsFraud, precision, recall } = known;
  const hit = `${countOf(hitsFraud)} of ${countOf(hitsLabelled)} hits of which something is known are fraud`;
  const found = `${countOf(hitsFraud)} of ${countOf(fraud)} known frauds are hit`;
  return `Precision ${shareOf(precision)}: ${hit}. Recall ${shareOf(recall)}: ${found}. Something is known of ${countOf(labelled)} orders`;
}

function dayRow({ day, hits, alerts }: RuleReport['days'][number]): readonly string[] {
  return [day, countOf(hits), countOf(alerts)];
}

function exampleText({
  orderId,
  orderedAt,
  severity,
  reason,
  fraud,
}: RuleReport['examples'][number]) {
  const known = fraud === undefined ? '' : fraud ? ' [fraud]' : ' [legitimate]';
  return `order ${orderId}, ${orderedAt}, ${severity}${known}: ${reason}`;
}

function namesOf(orderIds: readonly string[], all: number): string {
  if (orderIds.length === 0) return '';
  return ` (${orderIds.join(', ')}${all > orderIds.length ? ', …' : ''})`;
}

function shareOf(share: number | null): string {
  return share === null ? 'not known' : share.toFixed(3);
}

function countOf(count: number): string {
  return count.toLocaleString('en');
}
