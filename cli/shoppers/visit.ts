import type { Random } from '../../shared/random/random.ts';
import type { Catalogue, CatalogueProduct } from './catalogue.ts';
import type { FraudPattern } from './fraud-patterns.ts';
import type { Guise } from './identity.ts';
import type { Oddity } from './oddities.ts';
import type { Purpose } from './purposes.ts';

const EXPENSIVE_SHARE = 0.04;
const SHORTLIST = 4;
/** A buyer takes what was looked at last this often. */
const DECIDED_SHARE = 0.7;

interface VisitOptions {
  readonly sessionId: string;
  readonly guise: Guise;
  readonly purpose: Purpose;
  /** Undefined for an honest one; nothing of it reaches the shop. */
  readonly pattern?: FraudPattern | undefined;
  /** Undefined for a usual one. */
  readonly oddity?: Oddity | undefined;
}

/** One session of a shopper: what it is known by, and what the shopper's eyes fall on in it. */
export class Visit {
  readonly sessionId: string;
  readonly guise: Guise;
  readonly pattern: FraudPattern | undefined;
  readonly oddity: Oddity | undefined;
  readonly #purpose: Purpose;
  readonly #catalogue: Catalogue;
  #shortlist: readonly CatalogueProduct[] = [];
  #seen: CatalogueProduct | undefined;

  constructor({ sessionId, guise, purpose, pattern, oddity }: VisitOptions, catalogue: Catalogue) {
    this.sessionId = sessionId;
    this.guise = guise;
    this.pattern = pattern;
    this.oddity = oddity;
    this.#purpose = purpose;
    this.#catalogue = catalogue;
  }

  /** A product to look at: whoever compares goes to and fro between a few of one category. */
  look(random: Random): CatalogueProduct {
    if (this.#purpose === 'compare' && this.#shortlist.length === 0) {
      const first = this.#catalogue.popular(random);
      const others = Array.from({ length: SHORTLIST - 1 }, () =>
        this.#catalogue.similar(first, random),
      );
      this.#shortlist = [first, ...others];
    }
    this.#seen =
      this.#shortlist.length > 0 ? random.pick(this.#shortlist) : this.#catalogue.popular(random);
    return this.#seen;
  }

  /** A product to put into the cart. */
  want(random: Random): CatalogueProduct {
    if (random.chance(EXPENSIVE_SHARE)) return this.#catalogue.expensive(random);
    const decided = this.#purpose === 'buy' && random.chance(DECIDED_SHARE);
    return (decided ? this.#seen : undefined) ?? this.look(random);
  }
}
