import { z } from 'zod';

/** The environment of this function. */
export const config = z.object({
  /** Stage prefix of the delivery streams: `dev-` for `dev-orders`. */
  DELIVERY_STREAM_PREFIX: z.string().min(1),
  /** The stream of clicks … */
  CLICKSTREAM_NAME: z.string().min(1),
  /** … and that of insights; any other brings changes. */
  INSIGHTS_STREAM_NAME: z.string().min(1),
  DEAD_LETTER_QUEUE_URL: z.url(),
});
