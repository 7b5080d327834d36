import { z } from 'zod';
import { type FraudCase, fraudCaseSchema } from '../events/fraud-case.ts';
import { graver } from './decision.ts';

/** The index of cases that a person should look at, newest first by `atMs`. */
export const queueIndex = 'byDecision';

/** The key of an order's case in the table `<stage>-fraud-cases`. */
export function caseKey(orderId: string) {
  return { pk: orderId, sk: 'CASE' } as const;
}

type ReviewState = 'open' | 'fraud' | 'legitimate';

/** The partition of the index with the cases of this decision that stand so. */
export function queueName(decision: 'review' | 'block', review: ReviewState): string {
  return `${decision}#${review}`;
}

/**
 * Where a case is queued: by the graver of what the job says and what the shop did, so that no order
 * that is held is out of sight. Orders that are allowed are in no queue.
 */
export function queueOf({ decision, checkout, review }: FraudCase): string | undefined {
  const gravest = graver(decision, checkout?.decision ?? 'allow');
  return gravest === 'allow' ? undefined : queueName(gravest, review?.verdict ?? 'open');
}

const text = z.string().transform((json): unknown => JSON.parse(json));
const storedCase = z.object({
  case: text.pipe(fraudCaseSchema.omit({ features: true })),
  features: text.pipe(fraudCaseSchema.shape.features).optional(),
  revision: z.int(),
  generation: z.int(),
});

/** What the table holds of an order's case, from its attributes; the features as last judged. */
export function readStoredCase(attributes: Readonly<Record<string, unknown>>) {
  const { case: known, features = null, revision, generation } = storedCase.parse(attributes);
  return { ...known, features, revision, generation };
}
