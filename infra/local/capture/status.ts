import { z } from 'zod';

/** What the capture tells about itself; also what the control address answers with. */
export const captureStatus = z.object({
  state: z.enum(['starting', 'loading', 'streaming', 'reconnecting', 'stopped', 'failed']),
  slot: z.string(),
  publication: z.string(),
  tables: z.array(z.string()),
  /** Up to here the log is durable in the stream and PostgreSQL may forget it, `0/1A2B3C4D`. */
  acknowledgedLsn: z.string().nullable(),
  /** Commit time of the last transaction that is in the stream, epoch milliseconds. */
  lastCommitMs: z.number().nullable(),
  /** When the last tick was put, epoch milliseconds. */
  lastTickMs: z.number().nullable(),
  rowsLoaded: z.number(),
  changesPut: z.number(),
  ticksPut: z.number(),
  /** Entries that wait to be put. */
  queued: z.number(),
  /** Requests that had to be repeated. */
  retries: z.number(),
  lastError: z.string().nullable(),
});
export type CaptureStatus = z.infer<typeof captureStatus>;
