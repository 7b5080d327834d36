import { z } from 'zod';

/** How a function that reports item failures answered. */
export type BatchVerdict =
  | { readonly kind: 'success' }
  /** Everything from this index on is to be tried again. */
  | { readonly kind: 'failed-from'; readonly index: number }
  /** The answer cannot be understood, which fails the whole batch. */
  | { readonly kind: 'malformed' };

const response = z.looseObject({
  batchItemFailures: z
    .array(z.looseObject({ itemIdentifier: z.string().min(1) }))
    .nullable()
    .optional(),
});

/**
 * Reads a function's answer by the rules of `ReportBatchItemFailures`: the first failed record of
 * the batch becomes the checkpoint; an answer that names no record of the batch fails all of it.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export function batchVerdict(payload: unknown, sequenceNumbers: readonly string[]): BatchVerdict {
  if (payload === null || payload === '') return { kind: 'success' };
  if (Array.isArray(payload) && payload.length === 0) return { kind: 'success' };
  const parsed = response.safeParse(payload);
  if (!parsed.success) return { kind: 'malformed' };
  const failures = parsed.data.batchItemFailures ?? [];
  if (failures.length === 0) return { kind: 'success' };
  const indexes = failures.map(({ itemIdentifier }) => sequenceNumbers.indexOf(itemIdentifier));
  const index = Math.min(...indexes);
  return index < 0 ? { kind: 'malformed' } : { kind: 'failed-from', index };
}
