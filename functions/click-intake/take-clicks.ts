import { z } from 'zod';
import { type ClickRecord, clickEvent, clickSchemaVersion } from '../../shared/events/click.ts';
import type { ProblemField } from '../../shared/http/problem.ts';
import { problemFields } from '../../shared/http/problem-fields.ts';

const eventsMax = 500;

/** A batch whose events are looked at one by one. */
export const clickBatch = z.strictObject({
  events: z
    .array(z.unknown(), 'Must be a list of events')
    .min(1, 'Must not be empty')
    .max(eventsMax, `Must have at most ${eventsMax} events`),
});

export interface RejectedClick {
  /** Place in the batch, from 0. */
  readonly index: number;
  readonly errors: readonly ProblemField[];
}

export interface TakenClicks {
  readonly records: readonly ClickRecord[];
  readonly rejected: readonly RejectedClick[];
}

/**
 * Decides about each event of a batch: a record for the stream, or the reasons why not. Where the
 * person allowed statistics only, the record holds no user.
 *
 * @param pseudonym turns an identifier of a person into one that nobody can turn back.
 */
export function takeClicks(
  events: readonly unknown[],
  pseudonym: (identifier: string) => string,
): TakenClicks {
  const records: ClickRecord[] = [];
  const rejected: RejectedClick[] = [];
  for (const [index, event] of events.entries()) {
    const parsed = clickEvent.safeParse(event);
    if (!parsed.success) {
      rejected.push({ index, errors: problemFields(parsed.error) });
      continue;
    }
    const { eventId, type, occurredAt, sessionId, userId, productId, category, consent } =
      parsed.data;
    if (consent === 'none') {
      const reason = 'Without consent the event is not kept';
      rejected.push({ index, errors: [{ field: 'consent', reason }] });
      continue;
    }
    records.push({
      schemaVersion: clickSchemaVersion,
      eventId,
      type,
      occurredAtMs: Date.parse(occurredAt),
      session: pseudonym(sessionId),
      user: consent === 'personal' && userId !== undefined ? pseudonym(userId) : null,
      productId: productId ?? null,
      category: category ?? null,
      consent,
    });
  }
  return { records, rejected };
}
