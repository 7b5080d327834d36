import { z } from 'zod';
import { alertDataSchema } from '../../shared/events/alert.ts';
import { insightSchema } from '../../shared/events/insight.ts';
import { readInsight } from '../../shared/jobs/read-insight.ts';
import type { ShardId, StreamRecord } from '../../shared/stream/record.ts';

const alerts = {
  consumer: 'alert-delivery',
  type: 'alert',
  words: 'an alert',
  /** The id is the key of the alert log. */
  schema: insightSchema.extend({ id: z.string().min(1).max(512), data: alertDataSchema }),
};

/** Reads an insight as an alert, if it is one. */
export function readAlert(record: StreamRecord, from: ShardId) {
  return readInsight(record, from, alerts);
}
