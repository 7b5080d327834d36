import { createHmac } from 'node:crypto';
import { type AlertMessage, alertWords } from './alert-message.ts';

/** An alert as plain JSON, for receivers of one's own. */
export function webhookMessage(message: AlertMessage): object {
  const { reason, links } = alertWords(message);
  const { id, lead, count, others, sinceMs, digestMs } = message;
  return {
    id,
    type: 'alert',
    schemaVersion: 2,
    title: lead.data.title,
    reason,
    severity: lead.data.severity,
    count,
    since: new Date(sinceMs).toISOString(),
    digest: digestMs !== undefined,
    links,
    alert: { id: lead.id, ...lead.data },
    others: others.map((other) => ({ id: other.id, ...other.data })),
  };
}

/**
 * The value of the header `alert-signature`: `t=<seconds>,v1=<hex>`, an HMAC-SHA256 over
 * `<seconds>.<body>`. A receiver computes it from the bytes it got, compares in constant time, and
 * refuses times that lie minutes away.
 */
export function webhookSignature(signingKey: string, body: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000);
  const digest = createHmac('sha256', signingKey).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${digest}`;
}
