import { type FraudCase, fraudCaseSchema } from '../../shared/events/fraud-case.ts';
import { insightSchema } from '../../shared/events/insight.ts';
import { type DeadLetter, deadLetter } from '../../shared/jobs/dead-letters.ts';
import type { ShardId, StreamRecord } from '../../shared/stream/record.ts';

const caseInsight = insightSchema.extend({ data: fraudCaseSchema });

/** A case as one revision of a generation of the job told it. */
export interface ToldCase {
  readonly generation: number;
  readonly revision: number;
  readonly data: FraudCase;
}

export type ReadInsight =
  | { readonly kind: 'case'; readonly told: ToldCase }
  | { readonly kind: 'other' }
  | { readonly kind: 'undecodable'; readonly letter: DeadLetter };

/** Reads an insight; what claims to be a case and is none becomes a dead letter with the reason. */
export function readCase(record: StreamRecord, from: ShardId): ReadInsight {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(record.data).toString('utf8'));
  } catch (error) {
    return undecodable(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const insight = insightSchema.safeParse(json);
  if (insight.success && insight.data.type !== 'fraud-case') return { kind: 'other' };
  const told = caseInsight.safeParse(json);
  if (told.success) {
    const { generation, revision, data } = told.data;
    return { kind: 'case', told: { generation, revision, data } };
  }
  const faults = told.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return undecodable(`not a case: ${faults.join('; ')}`);

  function undecodable(reason: string): ReadInsight {
    return { kind: 'undecodable', letter: deadLetter('fraud-cases', from, record, reason) };
  }
}
