import { z } from 'zod';
import type { Emission } from '../stream/job.ts';
import type { Run } from '../stream/state/layout.ts';

/**
 * A record of the stream `insights`: what a job has to say. The same `id` and `revision` mean the
 * same content, however often it comes; of an id the highest revision holds.
 */
export const insightSchema = z.object({
  id: z.string(),
  type: z.string(),
  schemaVersion: z.literal(1),
  revision: z.number().int().min(1),
  job: z.string(),
  generation: z.number().int(),
  window: z.object({ startMs: z.number().int(), endMs: z.number().int() }).optional(),
  /** A long result comes in parts, each with its own id: this is part `index` (from 0) of `count`. */
  chunk: z.object({ index: z.number().int().min(0), count: z.number().int().min(2) }).optional(),
  /** Ids of earlier insights that this one has taken in: they hold no more. */
  supersedes: z.array(z.string()).optional(),
  data: z.unknown(),
});

type Insight = z.infer<typeof insightSchema>;

/** The record of `insights` that an emission of a job becomes. */
export function insightRecord({ name, generation }: Run, emission: Emission): Insight {
  const { id, type, revision, window, chunk, supersedes, data } = emission;
  return {
    id,
    type,
    schemaVersion: 1,
    revision,
    job: name,
    generation,
    ...(window && { window }),
    ...(chunk && { chunk }),
    ...(supersedes && { supersedes: [...supersedes] }),
    data,
  };
}
