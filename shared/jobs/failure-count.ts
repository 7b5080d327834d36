import { z } from 'zod';

/** What it takes to park a job: so many failures in a row on one shard, over so long. */
export interface Patience {
  readonly failures: number;
  readonly forMs: number;
}

/** As the AWS SDK marks errors that say nothing about the request. */
const serviceError = z.object({
  $fault: z.enum(['client', 'server']).optional(),
  $retryable: z.object({}).optional(),
  $metadata: z.object({ httpStatusCode: z.number().optional() }),
});
const unreachable = z.object({
  code: z.enum(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN']),
});

/**
 * Counts failures in a row, by shard. What ails the cloud, throttling or an outage, is not the
 * job's fault and does not count: it would park every job at once.
 */
export class FailureCount {
  readonly #patience: Patience;
  readonly #byShard = new Map<string, { readonly failures: number; readonly sinceMs: number }>();

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** Counts a failure; answers whether patience with this shard has come to its end. */
  isTooMuch(shard: string, error: unknown, nowMs: number): boolean {
    if (isOfTheCloud(error)) return false;
    const before = this.#byShard.get(shard) ?? { failures: 0, sinceMs: nowMs };
    const { sinceMs } = before;
    const failures = before.failures + 1;
    this.#byShard.set(shard, { failures, sinceMs });
    return failures >= this.#patience.failures && nowMs - sinceMs >= this.#patience.forMs;
  }

  /** The shard went well. */
  forget(shard: string): void {
    this.#byShard.delete(shard);
  }
}

function isOfTheCloud(error: unknown): boolean {
  if (unreachable.safeParse(error).success) return true;
  const { data } = serviceError.safeParse(error);
  if (!data) return false;
  const status = data.$metadata.httpStatusCode ?? 0;
  return data.$fault === 'server' || data.$retryable !== undefined || status >= 500;
}
