import type { Random } from '../../random/random.ts';
import catalogue from './catalogue.json' with { type: 'json' };
import type { Kind, MadeCategory } from './make-categories.ts';

/** A made-up product, columns named as in the database, category and seller by their names. */
export interface MadeProduct {
  /** The first letters of its sku; the rest is its number in the shop. */
  readonly code: string;
  readonly name: string;
  readonly description: string;
  /** Decimal text, as the database takes it. */
  readonly price: string;
  readonly stock: number;
  readonly category: string;
  readonly seller: string;
  readonly brand: string;
  /** Null: nobody has rated it yet. */
  readonly rating: number | null;
  readonly reorder_point: number;
  readonly lead_time_days: number;
}

const unratedShare = 0.04;
/** Ends of prices in cents, as shops like them; the first most. */
const priceEnds = [90, 90, 90, 99, 95, 50, 0];
const modelLetters = ['A', 'C', 'G', 'K', 'M', 'Q', 'S', 'T', 'X', 'Z'];

/** Makes up a product that fits the category: its kind of thing, a brand, a price in its range. */
export function makeProduct(random: Random, category: MadeCategory, seller: string): MadeProduct {
  const { root } = category;
  const kind = category.kind ?? random.pick(root.kinds);
  const trait = category.trait ?? random.pick(kind.traits);
  const brand = random.pick(root.brands);
  return {
    code: root.name.slice(0, 3).toUpperCase(),
    ...titled(random, root, kind, trait, brand),
    price: (priceCents(random, kind) / 100).toFixed(2),
    stock: random.integer(500, 3_000),
    category: category.name,
    seller,
    brand,
    rating: random.chance(unratedShare) ? null : rating(random),
    reorder_point: random.integer(50, 150),
    lead_time_days: random.integer(2, 14),
  };
}

function titled(
  random: Random,
  root: MadeCategory['root'],
  kind: Kind,
  trait: string,
  brand: string,
): { name: string; description: string } {
  const what = `${trait} ${kind.name}`;
  const { details } = kind;
  if (root.titles !== undefined) {
    const title = `The ${random.pick(root.titles)} ${random.pick(details ?? [])}`;
    return {
      name: `${title}: ${what}`,
      description: `${title}. ${sentence(what)}, published by ${brand}.`,
    };
  }
  const line = random.pick(catalogue.collections);
  if (details !== undefined) {
    const detail = random.pick(details);
    return {
      name: `${brand} ${line} ${what}, ${detail}`,
      description: `${sentence(what)} of the ${line} line by ${brand}: ${detail}.`,
    };
  }
  const model = `${random.pick(modelLetters)}${random.integer(10, 999)}`;
  return {
    name: `${brand} ${what} ${model}`,
    description: `${sentence(what)} by ${brand}, model ${model}.`,
  };
}

/** Few things are expensive: even on the scale of the logarithm. */
function priceCents(random: Random, kind: Kind): number {
  const [low = 100, high = 10_000] = kind.priceCents;
  const units = Math.floor((low * (high / low) ** random.next()) / 100);
  return Math.min(high, Math.max(low, units * 100 + random.pick(priceEnds)));
}

/** Most things please: about 4.2 of 5 on average, few below 3 (Kumaraswamy's distribution). */
function rating(random: Random): number {
  const share = (1 - (1 - random.next()) ** (1 / 1.6)) ** (1 / 6);
  return Math.round((1 + 4 * share) * 10) / 10;
}

/** `Cast-Iron Frying Pan` becomes `Cast-iron frying pan`; `Dual-SIM` and `Class-D` stay. */
function sentence(words: string): string {
  const plain = words
    .split(' ')
    .map((word) => (/[A-Z]{2}|[A-Z]$/.test(word) ? word : word.toLowerCase()))
    .join(' ');
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
