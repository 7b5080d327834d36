import type { PostOutcome } from '../../shared/alerts/post-webhook.ts';
import { type SlackMessage, slackMessage } from '../../shared/alerts/slack-message.ts';
import type { AlertData } from '../../shared/events/alert.ts';
import type { AlertLog, ClaimedAlert } from './alert-log.ts';
import { backoffMs } from './backoff.ts';

/** What has become of an alert so far. */
export interface Delivery {
  readonly id: string;
  readonly data: AlertData;
  readonly status: 'pending' | 'sent' | 'failed';
  readonly attempts: number;
  readonly sentAtMs?: number;
  /** Why it has not been sent, where that was tried. */
  readonly reason?: string;
}

export interface DeliveryParts {
  readonly log: AlertLog;
  /** Never throws. */
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
/** What an attempt may take, and its note: with less left of the claim, none is begun. */
const attemptMaxMs = 6_000;

/**
 * Sends an alert that this caller has claimed, and notes what became of it. Tries a few times at
 * once; then it waits for the schedule, and after a day it is given up, with its reason.
 */
export async function deliver(alert: ClaimedAlert, parts: DeliveryParts): Promise<Delivery> {
  const { log, now, random, sleep } = parts;
  const { id, data, loggedAt, leaseUntil } = alert;
  let { attempts } = alert;
  for (;;) {
    if (now() + attemptMaxMs > leaseUntil) return { id, data, status: 'pending', attempts };
    attempts += 1;
    const outcome = await parts.post(slackMessage(id, data));
    if (outcome.kind === 'sent') {
      const sentAtMs = now();
      await log.noteSent(alert, attempts, sentAtMs);
      return { id, data, status: 'sent', attempts, sentAtMs };
    }
    const { reason, retryAfterMs } = outcome;
    if (now() - loggedAt > giveUpAfterMs) {
      await parts.giveUp(id, data, reason);
      await log.noteGivenUp(alert, attempts, reason);
      return { id, data, status: 'failed', attempts, reason };
    }
    const pauseMs = backoffMs(attempts, random(), retryAfterMs);
    if (attempts - alert.attempts >= triesAtOnce || pauseMs > pauseAtOnceMaxMs) {
      await log.noteFailure(alert, attempts, reason, Math.round(now() + pauseMs));
      return { id, data, status: 'pending', attempts, reason };
    }
    await sleep(pauseMs);
  }
}
