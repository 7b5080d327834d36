import { z } from 'zod';
import { type KinesisBatch, parseKinesisBatch } from './kinesis-batch.ts';

/** Why a function that reads a stream was invoked. */
type Invocation =
  | { readonly kind: 'batch'; readonly batch: KinesisBatch }
  /** By its schedule: to finish what was left behind. */
  | { readonly kind: 'sweep' };

const sweepEvent = z.object({ task: z.literal('sweep') });

/** @throws Error for an event that is neither a batch of a Kinesis mapping nor `{"task":"sweep"}`. */
export function readInvocation(event: unknown): Invocation {
  if (typeof event === 'object' && event !== null && 'Records' in event) {
    return { kind: 'batch', batch: parseKinesisBatch(event) };
  }
  if (sweepEvent.safeParse(event).success) return { kind: 'sweep' };
  throw new TypeError(
    `Cannot take event: it is neither a batch of records nor {"task":"sweep"}: received ${JSON.stringify(event)?.slice(0, 200)}`,
  );
}
