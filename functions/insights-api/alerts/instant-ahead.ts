import { z } from 'zod';
import { Refusal } from '../../../shared/http/refusal.ts';

const aheadMaxMs = 30 * 24 * 3_600_000;

/** A moment from now on, up to thirty days ahead. */
export const instantAhead = z.iso
  .datetime({ offset: true, error: 'Must be an instant: 2026-03-01T12:00:00Z' })
  .meta({ description: 'At most thirty days ahead.' });

/**
 * The moment, epoch milliseconds.
 *
 * @throws Refusal 422 for one that is past or too far ahead.
 */
export function readInstantAhead(text: string, nowMs: number): number {
  const untilMs = Date.parse(text);
  if (untilMs > nowMs && untilMs <= nowMs + aheadMaxMs) return untilMs;
  throw new Refusal(422, 'The body has wrong fields', {
    errors: [{ field: 'until', reason: 'Must lie ahead, at most thirty days' }],
  });
}
