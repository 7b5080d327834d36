import type { FunnelData } from '../../shared/events/funnel.ts';
import { type VisitorKind, type VisitStage, visitStages } from '../../shared/events/visit.ts';
import { percentOf } from '../../shared/statistics/percent-of.ts';

/** When the stages of a visit were reached first; null: not. */
export type VisitStages = Readonly<Record<VisitStage, number | null>>;

/** Adds up how far the visits of one window have come. */
export class FunnelCounts {
  readonly #startMs: number;
  readonly #stages = visitStages.map((stage) => ({ stage, sessions: 0, newSessions: 0 }));
  readonly #notFollowed = { sessions: 0, views: 0, carts: 0 };
  readonly #notLinked = { visits: 0, checkouts: 0, paid: 0 };
  #sessions = 0;

  /** @param startMs start of the window. */
  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  add(kind: VisitorKind, stages: VisitStages): void {
    if (kind === 'user') this.#follow(stages);
    else if (kind === 'session') {
      this.#notFollowed.sessions += 1;
      if (stages.view !== null) this.#notFollowed.views += 1;
      if (stages.cart !== null) this.#notFollowed.carts += 1;
    } else {
      this.#notLinked.visits += 1;
      if (stages.checkout !== null) this.#notLinked.checkouts += 1;
      if (stages.paid !== null) this.#notLinked.paid += 1;
    }
  }

  told(): FunnelData {
    const stages = this.#stages.map(({ stage, sessions, newSessions }, index) => {
      const before = this.#stages[index - 1];
      const conversionPercent = before ? percentOf(sessions, before.sessions) : null;
      return { stage, sessions, newSessions, conversionPercent };
    });
    return {
      sessions: this.#sessions,
      stages,
      conversionPercent: percentOf(stages.at(-1)?.sessions ?? 0, stages[0]?.sessions ?? 0),
      notFollowed: { ...this.#notFollowed },
      notLinked: { ...this.#notLinked },
    };
  }

  /** Who has come to a stage has come to those before it, seen or not: an order needs no click. */
  #follow(stages: VisitStages): void {
    this.#sessions += 1;
    let reachedMs: number | null = null;
    for (const counts of this.#stages.toReversed()) {
      const atMs = stages[counts.stage];
      if (atMs !== null && (reachedMs === null || atMs < reachedMs)) reachedMs = atMs;
      if (reachedMs === null) continue;
      counts.sessions += 1;
      if (reachedMs >= this.#startMs) counts.newSessions += 1;
    }
  }
}
