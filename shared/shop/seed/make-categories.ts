import catalogue from './catalogue.json' with { type: 'json' };

/** A kind of thing that is sold, as `Headphones`, and how it differs from others of its kind. */
export interface Kind {
  readonly name: string;
  /** Where an s behind the name will not do. */
  readonly plural?: string;
  /** The lowest and the highest price. */
  readonly priceCents: readonly number[];
  readonly traits: readonly string[];
  /** Sizes, colours, words of a title; a kind without them has models. */
  readonly details?: readonly string[];
}

interface Root {
  readonly name: string;
  readonly brands: readonly string[];
  /** Words of titles, where things have titles. */
  readonly titles?: readonly string[];
  readonly kinds: readonly Kind[];
}

const roots: readonly Root[] = catalogue.categories;

/** A category of a made-up shop, and what is sold in it. */
export interface MadeCategory {
  readonly name: string;
  /** Name of the category above it; undefined at the top. */
  readonly parent: string | undefined;
  readonly root: Root;
  /** The only kind of thing in it; undefined: all of its root. */
  readonly kind: Kind | undefined;
  /** As the kind, but the only trait. */
  readonly trait: string | undefined;
}

/**
 * All there are names for, the broad before the narrow: `Audio`, then `Headphones` below it, then
 * `Wireless Headphones` below those.
 */
export const allCategories: readonly MadeCategory[] = [
  ...roots.map((root) => ({
    name: root.name,
    parent: undefined,
    root,
    kind: undefined,
    trait: undefined,
  })),
  ...perPlace((root) =>
    root.kinds.map((kind) => ({
      name: plural(kind),
      parent: root.name,
      root,
      kind,
      trait: undefined,
    })),
  ),
  ...perPlace((root) =>
    root.kinds.flatMap((kind) =>
      kind.traits.map((trait) => ({
        name: `${trait} ${plural(kind)}`,
        parent: plural(kind),
        root,
        kind,
        trait,
      })),
    ),
  ),
];

/** The first of every root, then the second of every root: few categories spread over all roots. */
function perPlace(list: (root: Root) => readonly MadeCategory[]): readonly MadeCategory[] {
  const lists = roots.map(list);
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, place) =>
    lists.flatMap((each) => each.slice(place, place + 1)),
  ).flat();
}

function plural(kind: Kind): string {
  return kind.plural ?? (kind.name.endsWith('s') ? kind.name : `${kind.name}s`);
}
