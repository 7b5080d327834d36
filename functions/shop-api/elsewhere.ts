import { z } from 'zod';
import type { EndpointDescription } from '../../shared/api/endpoint.ts';
import { clickBatchMax, clickEvent } from '../../shared/events/click.ts';

const example = {
  schemaVersion: 1,
  eventId: '5f0d8c1e-0001',
  type: 'view',
  occurredAt: '2026-05-04T12:00:00.000Z',
  sessionId: 'tab-7',
  productId: 1,
  consent: 'statistics',
};

const clickBatch = z
  .strictObject({ events: z.array(clickEvent).min(1).max(clickBatchMax) })
  .meta({ examples: [{ events: [example] }] });

const taken = z.object({
  accepted: z.int(),
  rejected: z.int(),
  errors: z
    .array(z.object({ field: z.string(), reason: z.string() }))
    .meta({ description: 'Of the rejected events, by place: `events.3.productId`.' }),
});

/** What other functions answer at the same address: told here, so that one document tells all. */
export const elsewhere: readonly EndpointDescription[] = [
  {
    method: 'POST',
    path: '/events',
    tag: 'clicks',
    summary: 'Send clicks; each is judged on its own, and known again by its eventId',
    access: 'anyone',
    request: z.object({ body: clickBatch }),
    answers: { 202: { description: 'At least one is accepted.', schema: taken } },
    problems: {
      422: 'No event of the batch is accepted.',
      503: 'The stream takes no clicks at the moment: send the same events again.',
    },
  },
];
