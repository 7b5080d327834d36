import type { Random } from '../../shared/random/random.ts';
import { type FraudPattern, fraudPatterns } from './fraud-patterns.ts';
import type { SessionDraft } from './plan.ts';
import { shuffle } from './shuffle.ts';

const RING_MIN = 3;
const RING_MAX = 5;
/** The accounts of a ring come within this time. */
const ringMs = 6 * 3_600_000;

/**
 * Gives a share of the sessions, rounded up, to fraudsters, the patterns in turn, beginning with any.
 * A ring of accounts takes several sessions at once, close to each other; where too few are left for
 * one, the next pattern has its turn.
 */
export function spreadFraud(
  drafts: readonly SessionDraft[],
  { fraudShare, fromMs, toMs }: { fraudShare: number; fromMs: number; toMs: number },
  random: Random,
): readonly SessionDraft[] {
  const left = shuffle(drafts, random).slice(0, Math.ceil(drafts.length * fraudShare));
  const changed: SessionDraft[] = [...drafts];
  let turns: FraudPattern[] = [];
  for (let ring = 0; left.length > 0; ring++) {
    if (turns.length === 0) turns = shuffle(fraudPatterns, random);
    const pattern = turns.shift();
    if (pattern !== 'sharedIdentity') {
      for (const draft of left.splice(0, 1)) changed[draft.draw] = { ...draft, pattern };
      continue;
    }
    if (left.length < RING_MIN) continue;
    const members = left.splice(0, random.integer(RING_MIN, RING_MAX));
    const firstMs = members[0]?.startMs ?? fromMs;
    for (const draft of members) {
      const spreadMs = Math.floor(random.next() * Math.min(ringMs, (toMs - fromMs) / 2));
      const startMs = Math.min(toMs - draft.lengthMs, firstMs + spreadMs);
      changed[draft.draw] = { ...draft, startMs, pattern, ring };
    }
  }
  return changed;
}
