import { z } from 'zod';

/** What the live page knows of every window it shows. */
export const liveWindow = {
  startMs: z.int(),
  endMs: z.int(),
  revision: z.int(),
  /** False until the watermark has passed its end: its figures are preliminary. */
  closed: z.boolean(),
  /** No late event can change it any more. */
  final: z.boolean(),
};
