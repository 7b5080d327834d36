import type { z } from 'zod';
import { insightSchema } from '../events/insight.ts';
import type { ShardId, StreamRecord } from '../stream/record.ts';
import { type DeadLetter, deadLetter } from './dead-letters.ts';

/** Insights of one type, as a reader of their stream wants them. */
interface InsightKind<Insight> {
  /** The function that reads, as dead letters name it. */
  readonly consumer: string;
  readonly type: string;
  /** The type in words, as in “an alert”. */
  readonly words: string;
  readonly schema: z.ZodType<Insight>;
}

/** What a record of the stream `insights` is to a reader of one type. */
type ReadInsight<Insight> =
  | { readonly kind: 'told'; readonly insight: Insight }
  /** Of another type. */
  | { readonly kind: 'other' }
  | { readonly kind: 'undecodable'; readonly letter: DeadLetter };

/** Reads an insight; what claims to be of the type and is not becomes a dead letter with the reason. */
export function readInsight<Insight>(
  record: StreamRecord,
  from: ShardId,
  { consumer, type, words, schema }: InsightKind<Insight>,
): ReadInsight<Insight> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(record.data).toString('utf8'));
  } catch (error) {
    return undecodable(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const insight = insightSchema.safeParse(json);
  if (insight.success && insight.data.type !== type) return { kind: 'other' };
  const told = schema.safeParse(json);
  if (told.success) return { kind: 'told', insight: told.data };
  const faults = told.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return undecodable(`not ${words}: ${faults.join('; ')}`);

  function undecodable(reason: string): ReadInsight<Insight> {
    return { kind: 'undecodable', letter: deadLetter(consumer, from, record, reason) };
  }
}
