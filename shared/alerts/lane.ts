import { createHash } from 'node:crypto';
import type { AlertData } from '../events/alert.ts';
import {
  acknowledge,
  type Cooldown,
  isForgotten,
  onAlert,
  quietMs,
  snooze,
  startCooldown,
} from './cooldown.ts';

/** Alerts that are told in one message: usually one, more where they were held back. */
export interface Group {
  /** That of the first alert in it, and so of the message: the same at every attempt. */
  readonly id: string;
  /** The kind of alerts in it; empty for a digest, which takes any. */
  readonly kind: string;
  /** The alert shown in full: the gravest, of equals the latest. */
  readonly lead: string;
  readonly severity: AlertData['severity'];
  readonly count: number;
  /** Some of the others, oldest first. */
  readonly others: readonly string[];
  /** When the first one came. */
  readonly sinceMs: number;
}

interface HeldGroup extends Group {
  /** When it is to be told. */
  readonly untilMs: number;
}

/** A message under way: nothing joins it any more. */
export interface Outgoing extends Group {
  readonly sealedMs: number;
  readonly attempts: number;
  readonly nextAttemptMs: number;
}

/**
 * All that is to be told about one entity to one target. What goes out goes in order; one sender at
 * a time holds the lease.
 */
export interface Lane {
  readonly cooldowns: Readonly<Record<string, Cooldown>>;
  /** By kind. */
  readonly held: Readonly<Record<string, HeldGroup>>;
  readonly outgoing: readonly Outgoing[];
  /** Which alerts lie in which message, of late: an alert that comes again is known by it. */
  readonly recent: readonly { readonly id: string; readonly members: readonly string[] }[];
  readonly leaseUntilMs: number;
}

/** An alert as a lane sees it. */
interface LaneAlert {
  readonly id: string;
  readonly kind: string;
  readonly severity: AlertData['severity'];
}

/** What became of an alert: the message it is told in, and until when that is held back. */
export interface Placement {
  readonly message: string;
  readonly isHeld: boolean;
  readonly untilMs: number;
  /** It had been placed before. */
  readonly again: boolean;
}

export const emptyLane: Lane = {
  cooldowns: {},
  held: {},
  outgoing: [],
  recent: [],
  leaseUntilMs: 0,
};

/** Longer than all tries made at once: three of 5 s, two pauses of 2 s, and the notes. */
export const leaseMs = 30_000;
const othersMax = 9;
/** More than a batch brings, which may come again. */
const recentMax = 128;
const ranks = { info: 0, warning: 1, critical: 2 };

/**
 * Puts an alert where it is to be told: into a message that goes out now, or into one that is held
 * back. An alert that lies here already changes nothing.
 *
 * @param digestMs gathers alerts of all kinds and tells them at every multiple of this instead.
 */
export function placeAlert(
  lane: Lane,
  alert: LaneAlert,
  nowMs: number,
  digestMs?: number,
): { readonly lane: Lane; readonly placement: Placement } {
  const mark = markOf(alert.id);
  const before = lane.recent.find(({ members }) => members.includes(mark));
  const kind = digestMs === undefined ? alert.kind : '';
  if (before) {
    const isHeld = lane.held[kind]?.id === before.id;
    const untilMs = (isHeld && lane.held[kind]?.untilMs) || nowMs;
    return { lane, placement: { message: before.id, isHeld, untilMs, again: true } };
  }
  const group = joined(lane.held[kind], alert, kind, nowMs);
  const recent = remember(lane.recent, group.id, mark);
  const { untilMs, cooldowns, isHeld } = when(lane, kind, nowMs, digestMs);
  const next = { ...lane, cooldowns, recent };
  const placement = { message: group.id, isHeld, untilMs, again: false };
  if (isHeld) {
    return { lane: { ...next, held: { ...lane.held, [kind]: { ...group, untilMs } } }, placement };
  }
  const { [kind]: _told, ...held } = lane.held;
  return { lane: { ...next, held, outgoing: [...lane.outgoing, sealed(group, nowMs)] }, placement };
}

/** Sends out what was held back long enough. A kind whose last message is still under way waits. */
export function sealDue(lane: Lane, nowMs: number): Lane {
  const due = Object.values(lane.held)
    .filter(({ kind, untilMs }) => untilMs <= nowMs && !isUnderWay(lane, kind))
    .sort((a, b) => a.untilMs - b.untilMs || a.sinceMs - b.sinceMs);
  if (due.length === 0) return lane;
  const held = { ...lane.held };
  const cooldowns = { ...lane.cooldowns };
  for (const { kind } of due) {
    delete held[kind];
    if (kind !== '') cooldowns[kind] = startCooldown(cooldowns[kind], nowMs);
  }
  const outgoing = due.map(({ untilMs, ...group }) => sealed(group, nowMs));
  return { ...lane, held, cooldowns, outgoing: [...lane.outgoing, ...outgoing] };
}

/** When something is to be done here next; undefined: nothing waits. */
export function laneDueMs({ outgoing: [next], outgoing, held, leaseUntilMs }: Lane) {
  const waiting = Object.values(held).filter(({ kind }) => !outgoing.some((o) => o.kind === kind));
  const times = waiting.map(({ untilMs }) => untilMs);
  if (next) times.push(Math.max(next.nextAttemptMs, leaseUntilMs));
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The message that may be sent now by whoever holds the lease. */
export function claimNext(lane: Lane, nowMs: number): Lane | undefined {
  const [next] = lane.outgoing;
  if (!next || next.nextAttemptMs > nowMs || lane.leaseUntilMs > nowMs) return undefined;
  return { ...lane, leaseUntilMs: nowMs + leaseMs };
}

/**
 * A message needs nothing more: sent, or given up. Frees the lane. One that someone sealed anew
 * meanwhile stays.
 */
export function endMessage(
  lane: Lane,
  { id, sealedMs }: Pick<Outgoing, 'id' | 'sealedMs'>,
  heldLeaseMs: number,
): Lane {
  const outgoing = lane.outgoing.filter((one) => one.id !== id || one.sealedMs !== sealedMs);
  return { ...freed(lane, heldLeaseMs), outgoing };
}

/** Notes tries that failed; whoever has lost the lease meanwhile changes nothing. */
export function postpone(lane: Lane, message: Outgoing, heldLeaseMs: number): Lane {
  if (lane.leaseUntilMs !== heldLeaseMs) return lane;
  const outgoing = lane.outgoing.map((one) => (one.id === message.id ? message : one));
  return { ...freed(lane, heldLeaseMs), outgoing };
}

/**
 * Sends a message that was given up once more, after what waits. Where it lies there still, since
 * whoever gave it up has not ended it yet, it begins anew: that end is not its own any more.
 */
export function sendAgain(lane: Lane, group: Group, givenUpAtMs: number, nowMs: number): Lane {
  const fresh = sealed(group, nowMs);
  const there = lane.outgoing.find(({ id }) => id === group.id);
  if (!there) return { ...lane, outgoing: [...lane.outgoing, fresh] };
  if (there.sealedMs >= givenUpAtMs) return lane;
  return { ...lane, outgoing: lane.outgoing.map((one) => (one === there ? fresh : one)) };
}

/** Holds back alerts of a kind until then; what is held back already as well. */
export function snoozeKind(lane: Lane, kind: string, untilMs: number, nowMs: number): Lane {
  const cooldown = snooze(lane.cooldowns[kind], untilMs, nowMs);
  const cooldowns = { ...lane.cooldowns, [kind]: cooldown };
  const group = lane.held[kind];
  if (!group) return { ...lane, cooldowns };
  const waiting = { ...group, untilMs: Math.max(untilMs, cooldown.untilMs) };
  return { ...lane, cooldowns, held: { ...lane.held, [kind]: waiting } };
}

/** Someone knows of the alerts of a kind: more of them are told when they have ended. */
export function acknowledgeKind(lane: Lane, kind: string, nowMs: number): Lane {
  const cooldowns = { ...lane.cooldowns, [kind]: acknowledge(lane.cooldowns[kind], nowMs) };
  const group = lane.held[kind];
  if (!group) return { ...lane, cooldowns };
  const untilMs = Math.max(group.untilMs, nowMs + quietMs);
  return { ...lane, cooldowns, held: { ...lane.held, [kind]: { ...group, untilMs } } };
}

/** Without what is of no use any more. */
export function tidyLane(lane: Lane, nowMs: number): Lane {
  const kept = Object.entries(lane.cooldowns).filter(
    ([kind, cooldown]) => lane.held[kind] || !isForgotten(cooldown, nowMs),
  );
  return { ...lane, cooldowns: Object.fromEntries(kept) };
}

/** Until when an alert that comes now is held back, if it is, and the cooldowns after it. */
function when(lane: Lane, kind: string, nowMs: number, digestMs: number | undefined) {
  const { cooldowns } = lane;
  const underWay = isUnderWay(lane, kind);
  if (digestMs !== undefined) {
    const untilMs = lane.held[kind]?.untilMs ?? (Math.floor(nowMs / digestMs) + 1) * digestMs;
    return { untilMs, cooldowns, isHeld: underWay || untilMs > nowMs };
  }
  const { cooldown, tellAtMs: untilMs } = onAlert(cooldowns[kind], nowMs);
  const isHeld = underWay || untilMs > nowMs;
  // What waits for the message before it begins its cooldown when it goes out itself.
  const before = cooldowns[kind] ?? { step: 0, untilMs: nowMs };
  const after = isHeld && untilMs <= nowMs ? { ...before, lastMs: cooldown.lastMs } : cooldown;
  return { untilMs, cooldowns: { ...cooldowns, [kind]: after }, isHeld };
}

function joined(
  group: HeldGroup | undefined,
  { id, severity }: LaneAlert,
  kind: string,
  nowMs: number,
): Group {
  if (!group) return { id, kind, lead: id, severity, count: 1, others: [], sinceMs: nowMs };
  const { untilMs, ...rest } = group;
  const leads = ranks[severity] >= ranks[group.severity];
  const other = leads ? group.lead : id;
  return {
    ...rest,
    count: group.count + 1,
    ...(leads && { lead: id, severity }),
    others: group.others.length < othersMax ? [...group.others, other] : group.others,
  };
}

function remember(recent: Lane['recent'], id: string, mark: string): Lane['recent'] {
  const isKnown = recent.some((one) => one.id === id);
  const next = isKnown
    ? recent.map((one) => (one.id === id ? { id, members: [...one.members, mark] } : one))
    : [...recent, { id, members: [mark] }];
  const [oldest, ...rest] = next;
  if (!oldest || next.reduce((sum, { members }) => sum + members.length, 0) <= recentMax) {
    return next;
  }
  const members = oldest.members.slice(1);
  return members.length > 0 ? [{ ...oldest, members }, ...rest] : rest;
}

function sealed(group: Group, nowMs: number): Outgoing {
  return { ...group, sealedMs: nowMs, attempts: 0, nextAttemptMs: nowMs };
}

/** One message of a kind is under way at a time, so a lane stays small however long a target is down. */
function isUnderWay({ outgoing }: Lane, kind: string): boolean {
  return outgoing.some((message) => message.kind === kind);
}

function freed(lane: Lane, heldLeaseMs: number): Lane {
  return lane.leaseUntilMs === heldLeaseMs ? { ...lane, leaseUntilMs: 0 } : lane;
}

/** 64 bits stand for an id. */
function markOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 11);
}
