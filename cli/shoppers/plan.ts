import { createRandom, type Random } from '../../shared/random/random.ts';
import { type Action, actions, drawByShare } from './actions.ts';
import { assignShoppers, type PlannedShopper } from './assign-shoppers.ts';
import { drawFraudOrders, type FraudOrder, type FraudPattern } from './fraud-patterns.ts';
import { actionsPerThousand, type Purpose, purposes, sessionsPerThousand } from './purposes.ts';
import { rhythmOf } from './rhythm.ts';
import { shuffle } from './shuffle.ts';
import { spreadFraud } from './spread-fraud.ts';

/** How much shopping is planned, and when. */
export interface PlanOptions {
  /** The same seed plans the same sessions. */
  readonly seed: number;
  readonly sessions: number;
  /** The span in which all of it happens, epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** No session is longer. */
  readonly sessionMaxMs: number;
  /** Share of the sessions that are a fraudster's, from 0 to 1. */
  readonly fraudShare: number;
}

interface PlannedAction {
  readonly atMs: number;
  readonly action: Action;
  /** Of the chance that decides about products and the like. */
  readonly seed: number;
}

/** A session before it is known who comes. */
export interface SessionDraft {
  /** Place among all that were drawn, the same whatever the span. */
  readonly draw: number;
  readonly startMs: number;
  readonly lengthMs: number;
  readonly purpose: Purpose;
  readonly pattern: FraudPattern | undefined;
  /** Accounts of one ring share a device and an address. */
  readonly ring: number | undefined;
  readonly seed: number;
}

/** One visit of one shopper. */
export interface PlannedSession extends Omit<SessionDraft, 'ring'> {
  /** Number of a planned shopper. */
  readonly shopper: number;
  readonly actions: readonly PlannedAction[];
  /** Orders of a fraudster, on top of the actions; none in honest sessions. */
  readonly fraudOrders: readonly FraudOrder[];
}

export interface Plan {
  /** In the order in which they come for the first time. */
  readonly shoppers: readonly PlannedShopper[];
  /** In the order of their beginnings. */
  readonly sessions: readonly PlannedSession[];
}

/** Between two actions of a shopper, on the average. */
const gapMs = 40_000;

/**
 * Plans sessions: when each begins, by the rhythm of day and week, what for, who comes, and every
 * action with its time. Purposes and actions depend on the seed alone; times on the span as well.
 */
export function planSessions(options: PlanOptions): Plan {
  const { seed, sessions, fromMs, toMs, sessionMaxMs, fraudShare } = options;
  const random = createRandom(seed);
  const rhythm = rhythmOf({ fromMs, toMs });
  const drafts = drawPurposes(sessions, random).map((purpose, draw): SessionDraft => {
    const own = createRandom(newSeed(random));
    const lengthMs = Math.floor(sessionMaxMs * Math.min(1, 0.08 + exponential(own, 0.33)));
    const startMs = rhythm.instantAt(own.next(), toMs - lengthMs);
    const rest = { pattern: undefined, ring: undefined, seed: newSeed(own) };
    return { draw, startMs, lengthMs, purpose, ...rest };
  });
  const chance = createRandom(newSeed(random));
  const withFraud = spreadFraud(drafts, { fraudShare, fromMs, toMs }, chance);
  const inOrder = withFraud.toSorted((a, b) => a.startMs - b.startMs || a.draw - b.draw);
  const { shoppers, assigned } = assignShoppers(inOrder, { fromMs, toMs }, chance);
  return { shoppers, sessions: assigned.map(fillSession) };
}

/** As many of each purpose as its share says, but for a fraction of one, in a drawn order. */
function drawPurposes(sessions: number, random: Random): readonly Purpose[] {
  const thousand = purposes.flatMap((purpose) =>
    Array.from({ length: sessionsPerThousand(purpose) }, () => purpose),
  );
  const offset = random.next();
  const dealt = Array.from({ length: sessions }, (_, place) => {
    return thousand[Math.floor((1_000 * (place + offset)) / sessions)] ?? 'browse';
  });
  return shuffle(dealt, random);
}

function fillSession({
  draft: { ring: _, ...draft },
  shopper,
}: {
  readonly draft: SessionDraft;
  readonly shopper: number;
}): PlannedSession {
  const { startMs, lengthMs, purpose, pattern } = draft;
  const random = createRandom(draft.seed);
  const planned = Array.from({ length: 1 + Math.round(lengthMs / gapMs) }, () => ({
    action: drawByShare(random, actions, (action) => actionsPerThousand[purpose][action]),
    seed: newSeed(random),
    share: random.next(),
  }));
  const instants = planned.map(({ share }) => startMs + Math.floor(share * lengthMs));
  instants.sort((a, b) => a - b);
  return {
    ...draft,
    shopper,
    actions: planned.map(({ action, seed }, place) => ({
      atMs: instants[place] ?? startMs,
      action,
      seed,
    })),
    fraudOrders: pattern === undefined ? [] : drawFraudOrders(pattern, draft, random),
  };
}

function newSeed(random: Random): number {
  return Math.floor(random.next() * 2 ** 32);
}

function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random.next());
}
