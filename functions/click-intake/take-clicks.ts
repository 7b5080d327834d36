import {
  type ClickEvent,
  type ClickRecord,
  clickEvent,
  clickSchemaVersion,
} from '../../shared/events/click.ts';
import type { ProblemField } from '../../shared/http/problem.ts';
import { problemFields } from '../../shared/http/problem-fields.ts';

export interface RejectedClick {
  /** Place in the batch, from 0. */
  readonly index: number;
  readonly errors: readonly ProblemField[];
}

export interface TakenClicks {
  readonly records: readonly ClickRecord[];
  readonly rejected: readonly RejectedClick[];
}

/** What a batch is judged by. */
export interface IntakeRules {
  /** Turns an identifier of a person into one that nobody can turn back. */
  pseudonym(identifier: string): string;
  /** Whether the sender may tell history. */
  readonly mayBackfill: boolean;
  /** Now. */
  readonly nowMs: number;
}

const dayMs = 24 * 3_600_000;
/**
 * The lake files clicks by day, and holds 500 days open at a time: who told of every day there is
 * would keep the clicks of today out of it
 * (https://docs.aws.amazon.com/firehose/latest/dev/limits.html).
 */
const pastMaxMs = 366 * dayMs;
const aheadMaxMs = dayMs;

/**
 * Decides about each event of a batch: a record for the stream, or the reasons why not. Where the
 * person allowed statistics only, the record holds no user.
 */
export function takeClicks(events: readonly unknown[], rules: IntakeRules): TakenClicks {
  const records: ClickRecord[] = [];
  const rejected: RejectedClick[] = [];
  for (const [index, event] of events.entries()) {
    const parsed = clickEvent.safeParse(event);
    const errors = parsed.success ? refusals(parsed.data, rules) : problemFields(parsed.error);
    if (parsed.success && errors.length === 0) records.push(recordOf(parsed.data, rules));
    else rejected.push({ index, errors });
  }
  return { records, rejected };
}

function refusals(
  { consent, backfill, occurredAt }: ClickEvent,
  { mayBackfill, nowMs }: IntakeRules,
): ProblemField[] {
  const errors: ProblemField[] = [];
  if (consent === 'none') {
    errors.push({ field: 'consent', reason: 'Without consent the event is not kept' });
  }
  if (backfill && !mayBackfill) {
    errors.push({ field: 'backfill', reason: 'Needs a token of role operator' });
  }
  const atMs = Date.parse(occurredAt);
  if (atMs > nowMs + aheadMaxMs) {
    errors.push({ field: 'occurredAt', reason: 'Must not lie ahead' });
  } else if (!backfill && atMs < nowMs - pastMaxMs) {
    errors.push({ field: 'occurredAt', reason: 'Is more than a year ago: it is history' });
  }
  return errors;
}

function recordOf(click: ClickEvent, { pseudonym }: IntakeRules): ClickRecord {
  const { eventId, type, occurredAt, sessionId, userId, productId, category, page } = click;
  return {
    schemaVersion: clickSchemaVersion,
    eventId,
    type,
    occurredAtMs: Date.parse(occurredAt),
    session: pseudonym(sessionId),
    user: click.consent === 'personal' && userId !== undefined ? pseudonym(userId) : null,
    productId: productId ?? null,
    category: category ?? null,
    ...(page !== undefined && { page }),
    consent: click.consent === 'personal' ? 'personal' : 'statistics',
    ...(click.backfill && { isBackfill: true }),
  };
}
