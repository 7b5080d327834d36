import { z } from 'zod';
import { type AlertData, alertDataSchema } from '../../shared/events/alert.ts';
import { insightSchema } from '../../shared/events/insight.ts';
import { type DeadLetter, deadLetter } from '../../shared/jobs/dead-letters.ts';
import type { ShardId, StreamRecord } from '../../shared/stream/record.ts';

/** The id is the key of the alert log. */
const alertInsight = insightSchema.extend({
  id: z.string().min(1).max(512),
  data: alertDataSchema,
});

export type ReadInsight =
  | { readonly kind: 'alert'; readonly id: string; readonly data: AlertData }
  | { readonly kind: 'other' }
  | { readonly kind: 'undecodable'; readonly letter: DeadLetter };

/** Reads an insight; what claims to be an alert and is none becomes a dead letter with the reason. */
export function readAlert(record: StreamRecord, from: ShardId): ReadInsight {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(record.data).toString('utf8'));
  } catch (error) {
    return undecodable(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const insight = insightSchema.safeParse(json);
  if (insight.success && insight.data.type !== 'alert') return { kind: 'other' };
  const alert = alertInsight.safeParse(json);
  if (alert.success) return { kind: 'alert', id: alert.data.id, data: alert.data.data };
  const faults = alert.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return undecodable(`not an alert: ${faults.join('; ')}`);

  function undecodable(reason: string): ReadInsight {
    return { kind: 'undecodable', letter: deadLetter('alert-delivery', from, record, reason) };
  }
}
