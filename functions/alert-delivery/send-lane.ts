import type { AlertLog, LoggedAlert } from '../../shared/alerts/alert-log.ts';
import type { AlertMessage } from '../../shared/alerts/alert-message.ts';
import {
  claimNext,
  endMessage,
  type Outgoing,
  postpone,
  sealDue,
} from '../../shared/alerts/lane.ts';
import type { LaneKey, LaneTable, StandingLane } from '../../shared/alerts/lane-table.ts';
import type { Mute } from '../../shared/alerts/mutes.ts';
import type { PostOutcome } from '../../shared/alerts/post-webhook.ts';
import type { UndeliveredTable } from '../../shared/alerts/undelivered.ts';
import type { AlertData } from '../../shared/events/alert.ts';
import { backoffMs } from './backoff.ts';
import type { Outages } from './outages.ts';
import { routes } from './routes.ts';

/** What has become of an alert so far. */
export interface Delivery {
  readonly id: string;
  readonly data: AlertData;
  readonly status: 'pending' | 'sent' | 'failed';
  readonly attempts: number;
  readonly sentAtMs?: number;
  /** Why it has not been sent, where that was tried. */
  readonly reason?: string;
  /** What it waits for, and the message it will be told in. */
  readonly held?: {
    readonly why: 'cooldown' | 'digest' | 'mute' | 'age';
    readonly untilMs?: number;
  };
  readonly message?: string;
  /** How many others its message tells of. */
  readonly heldBack?: number;
  /** That it was told without waiting for anything but the receiver. */
  readonly prompt?: boolean;
}

export interface DeliveryParts {
  readonly log: AlertLog;
  readonly lanes: LaneTable;
  readonly undelivered: UndeliveredTable;
  readonly outages: Outages;
  /** Those that hold now. */
  mutes(): Promise<readonly Mute[]>;
  /** Names of the targets there are; none where nobody has set any yet. */
  targetNames(): Promise<readonly string[]>;
  /** Never throws. */
  post(target: string, message: AlertMessage): Promise<PostOutcome>;
  readonly shopUrl: string;
  /** What tells of a moment is told so long after it. */
  readonly momentsToldWithinMs: number;
  now(): number;
  random(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** Tries made at once; the schedule makes the later ones, so that no shard waits for a receiver. */
const triesAtOnce = 3;
const pauseAtOnceMaxMs = 2_000;
/** Who takes so long to fail is not asked again at once. */
const slowAnswerMs = 2_000;
const giveUpAfterMs = 24 * 3_600_000;
/** A message that is itself refused keeps those behind it waiting no longer than this. */
const giveUpRefusedAfterMs = 3_600_000;
/** What an attempt may take, and its note: with less left of the lease, none is begun. */
const attemptMaxMs = 6_000;
const promptMs = 1_000;
/** A digest's lane carries this instead of an entity. */
export const digestPrefix = 'digest|';

/**
 * Sends what goes out of a lane now, one message after the other, and notes what became of each.
 * Ends where a message has to wait: those behind it wait as well.
 *
 * @param claimed the lane as it was claimed.
 * @param inHand alerts that were logged a moment ago, and cannot have been sent yet.
 */
export async function sendLane(
  key: LaneKey,
  claimed: StandingLane,
  inHand: ReadonlyMap<string, AlertData>,
  parts: DeliveryParts,
): Promise<readonly Delivery[]> {
  const deliveries: Delivery[] = [];
  let standing = claimed;
  for (let isClaimed = true; isClaimed; ) {
    const [message] = standing.lane.outgoing;
    if (!message) break;
    const { leaseUntilMs } = standing.lane;
    const composed = await compose(key, message, inHand, parts);
    const delivery = composed && (await send(key, message, composed, standing, parts));
    if (delivery) deliveries.push(delivery);
    if (delivery?.status === 'pending') return deliveries;
    standing = await parts.lanes.change(
      key,
      (before) => {
        const ended = sealDue(endMessage(before, message, leaseUntilMs), parts.now());
        const next = claimNext(ended, parts.now());
        isClaimed = next !== undefined;
        return next ?? ended;
      },
      parts.now(),
      standing,
    );
  }
  return deliveries;
}

/** The message with all it tells of; undefined where it needs no sending: a crash hid that it was sent. */
async function compose(
  { target, entity }: LaneKey,
  { id, lead, others, count, sinceMs }: Outgoing,
  inHand: ReadonlyMap<string, AlertData>,
  { log, shopUrl }: DeliveryParts,
): Promise<AlertMessage | undefined> {
  const read = async (
    alertId: string,
  ): Promise<Pick<LoggedAlert, 'data' | 'deliveries'> | undefined> => {
    const known = inHand.get(alertId);
    return known ? { data: known, deliveries: {} } : await log.read(alertId);
  };
  const [first, leading, ...rest] = await Promise.all([id, lead, ...others].map(read));
  if (first?.deliveries[target]?.status === 'sent') return undefined;
  if (!leading) throw new Error(`Cannot tell an alert: the log does not have it: received ${lead}`);
  const digest = routes.find(({ name }) => entity === `${digestPrefix}${name}`);
  return {
    id,
    lead: { id: lead, data: leading.data },
    count,
    others: rest.flatMap((one, index) =>
      one ? [{ id: others[index] ?? '', data: one.data }] : [],
    ),
    sinceMs,
    digestMs: digest?.digestMs,
    shopUrl,
  };
}

async function send(
  key: LaneKey,
  message: Outgoing,
  composed: AlertMessage,
  standing: StandingLane,
  parts: DeliveryParts,
): Promise<Delivery> {
  const { log, lanes, now } = parts;
  const { leaseUntilMs } = standing.lane;
  const { id, count, sinceMs, sealedMs } = message;
  const { target } = key;
  const about = { ...composed.lead, message: id, heldBack: count - 1 };
  let { attempts } = message;
  const wait = async (nextAttemptMs: number, reason?: string): Promise<Delivery> => {
    const postponed = { ...message, attempts, nextAttemptMs };
    await lanes.change(key, (lane) => postpone(lane, postponed, leaseUntilMs), now(), standing);
    const status = 'pending' as const;
    await log.note(id, target, { status, atMs: now(), attempts, count, reason }, [
      'new',
      'held',
      'pending',
      'failed',
    ]);
    return { ...about, status, attempts, ...(reason !== undefined && { reason }) };
  };
  for (;;) {
    if (now() + attemptMaxMs > leaseUntilMs) return await wait(now());
    attempts += 1;
    const beganMs = now();
    const outcome = await parts.post(target, composed);
    if (outcome.kind === 'sent') {
      const sentAtMs = now();
      parts.outages.end(target);
      await log.note(id, target, { status: 'sent', atMs: sentAtMs, attempts, count });
      const prompt = count === 1 && sealedMs - sinceMs < promptMs;
      return { ...about, status: 'sent', attempts, sentAtMs, prompt };
    }
    const { reason, retryAfterMs, isRefusal = false } = outcome;
    if (now() - sealedMs > (isRefusal ? giveUpRefusedAfterMs : giveUpAfterMs)) {
      const { sealedMs: _sealed, attempts: _attempts, nextAttemptMs, ...group } = message;
      const letter = { ...key, message: group, reason, attempts, givenUpAt: now() };
      await parts.undelivered.put(letter);
      await log.note(id, target, { status: 'failed', atMs: now(), attempts, count, reason }, [
        'new',
        'held',
        'pending',
      ]);
      return { ...about, status: 'failed', attempts, reason };
    }
    const pauseMs = backoffMs(attempts, parts.random(), retryAfterMs);
    const isAskedAgain =
      attempts - message.attempts < triesAtOnce &&
      pauseMs <= pauseAtOnceMaxMs &&
      now() - beganMs <= slowAnswerMs;
    if (isRefusal || !isAskedAgain) {
      if (!isRefusal) parts.outages.begin(target, now(), retryAfterMs);
      return await wait(Math.round(now() + pauseMs), reason);
    }
    await parts.sleep(pauseMs);
  }
}
