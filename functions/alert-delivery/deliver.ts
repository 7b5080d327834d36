import type { PostOutcome } from '../../shared/alerts/post-webhook.ts';
import { type SlackMessage, slackMessage } from '../../shared/alerts/slack-message.ts';
import type { AlertData } from '../../shared/events/alert.ts';
import type { AlertLog, LoggedAlert } from './alert-log.ts';
import { backoffMs } from './backoff.ts';

export interface Delivery {
  readonly id: string;
  readonly data: AlertData;
  readonly status: 'pending' | 'sent' | 'failed';
  readonly attempts: number;
  readonly sentAtMs: number | undefined;
}

/** What is known of an alert when it is claimed. */
export type ClaimedAlert = Pick<LoggedAlert, 'id' | 'data' | 'attempts' | 'loggedAt'>;

export interface DeliveryParts {
  readonly log: AlertLog;
  post(message: SlackMessage): Promise<PostOutcome>;
  /** Takes an alert that was given up, with the reason. */
  giveUp(id: string, data: AlertData, reason: string): Promise<void>;
  now(): number;
  random(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** Tries made at once; the schedule makes the later ones, so that no shard waits for a receiver. */
const triesAtOnce = 3;
const pauseAtOnceMaxMs = 2_000;
const giveUpAfterMs = 24 * 3_600_000;

/**
 * Sends an alert that this caller has claimed, and notes what became of it. Tries a few times at
 * once; then it waits for the schedule, and after a day it is given up, with its reason.
 */
export async function deliver(
  { id, data, attempts: attemptsBefore, loggedAt }: ClaimedAlert,
  parts: DeliveryParts,
): Promise<Delivery> {
  const { log, now, random, sleep } = parts;
  let attempts = attemptsBefore;
  for (;;) {
    attempts += 1;
    const outcome = await parts.post(slackMessage(id, data));
    if (outcome.kind === 'sent') {
      const sentAtMs = now();
      await log.noteSent(id, attempts, sentAtMs);
      return { id, data, status: 'sent', attempts, sentAtMs };
    }
    if (now() - loggedAt > giveUpAfterMs) {
      await parts.giveUp(id, data, outcome.reason);
      await log.noteGivenUp(id, attempts, outcome.reason);
      return { id, data, status: 'failed', attempts, sentAtMs: undefined };
    }
    const pauseMs = backoffMs(attempts, random(), outcome.retryAfterMs);
    if (attempts - attemptsBefore >= triesAtOnce || pauseMs > pauseAtOnceMaxMs) {
      await log.noteFailure(id, attempts, outcome.reason, Math.round(now() + pauseMs));
      return { id, data, status: 'pending', attempts, sentAtMs: undefined };
    }
    await sleep(pauseMs);
  }
}
