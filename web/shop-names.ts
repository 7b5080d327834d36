import { type NameBook, nameBook } from './name-book.ts';

const answerWithinMs = 5000;

/** Names of what the jobs know by id alone. */
export interface ShopNames {
  readonly product: NameBook['nameOf'];
  readonly category: NameBook['nameOf'];
}

/**
 * Names from the shop's own API.
 *
 * @param addressOf gives the address of a path of that API, e.g. `products?ids=1`.
 * @param onNews called after names have come.
 */
export function shopNames(addressOf: (path: string) => string, onNews: () => void): ShopNames {
  const bookOf = (list: string, word: string, more = '') => {
    const ask = (ids: readonly number[]) =>
      namesIn(addressOf(`${list}?ids=${ids.join(',')}&limit=100${more}`));
    return nameBook({ word, ask, onNews, now: () => Date.now() });
  };
  return {
    product: bookOf('products', 'Product', '&active=any').nameOf,
    category: bookOf('categories', 'Category').nameOf,
  };
}

async function namesIn(url: string): Promise<ReadonlyMap<number, string>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(answerWithinMs) });
  if (!response.ok) throw new Error(`Cannot look names up: received status ${response.status}`);
  const page: unknown = await response.json();
  const items = isPage(page) ? page.items : [];
  return new Map(items.map(({ id, name }) => [Number(id), name]));
}

interface NamedPage {
  readonly items: readonly { readonly id: number; readonly name: string }[];
}

function isPage(value: unknown): value is NamedPage {
  return typeof value === 'object' && value !== null && 'items' in value;
}
