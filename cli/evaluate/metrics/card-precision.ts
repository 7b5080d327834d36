/** What a team that looks at `k` cards a day finds. */
export interface CardPrecision {
  readonly k: number;
  /** The mean over the days of the share of fraudulent ones among the cards looked at. */
  readonly mean: number | null;
  readonly days: readonly {
    readonly day: number;
    readonly precision: number;
    /** Cards with fraud on that day that were not found before. */
    readonly fraudulentCards: number;
  }[];
}

/**
 * Card precision of the Fraud Detection Handbook (Le Borgne et al., chapter 4): on each day cards
 * are ordered by their highest score; of the first `k` those with fraud on that day count, and are
 * blocked: they take no part on later days. A day with fewer cards counts as the others do.
 *
 * @param cards whose row it is. @param days on which day, as whole numbers.
 */
export function cardPrecision(
  scores: Float64Array,
  labels: Uint8Array,
  cards: Int32Array,
  days: Int32Array,
  k: number,
): CardPrecision {
  const rowsOf = Map.groupBy(Array.from(scores.keys()), (row) => days[row]!);
  const found = new Set<number>();
  const result = [...rowsOf.keys()]
    .toSorted((a, b) => a - b)
    .map((day) => {
      const seen = new Map<number, { score: number; isFraud: boolean }>();
      for (const row of rowsOf.get(day) ?? []) {
        const card = cards[row]!;
        if (found.has(card)) continue;
        const before = seen.get(card);
        seen.set(card, {
          score: Math.max(before?.score ?? Number.NEGATIVE_INFINITY, scores[row]!),
          isFraud: (before?.isFraud ?? false) || labels[row] === 1,
        });
      }
      const fraudulentCards = [...seen.values()].filter(({ isFraud }) => isFraud).length;
      const first = [...seen].toSorted(([a, x], [b, y]) => y.score - x.score || a - b).slice(0, k);
      const hits = first.filter(([, { isFraud }]) => isFraud).map(([card]) => card);
      for (const card of hits) found.add(card);
      return { day, precision: hits.length / k, fraudulentCards };
    });
  const sum = result.reduce((total, { precision }) => total + precision, 0);
  return { k, mean: result.length === 0 ? null : sum / result.length, days: result };
}
