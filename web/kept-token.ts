const place = 'shop-token';

/** The token of whoever looks at the page. */
export interface KeptToken {
  readonly get: () => string | undefined;
  readonly keep: (token: string) => void;
  readonly forget: () => void;
}

/** What a tab keeps until it is closed: its `sessionStorage`. */
type TabStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * Keeps a token for as long as the tab is open, also when the page is loaded anew; where the browser
 * keeps nothing, for as long as the page stands.
 *
 * @param storage gives the storage, or throws where the browser lets nobody at it.
 */
export function keptToken(storage: () => TabStorage): KeptToken {
  let held: string | undefined;
  const tried = <Value>(attempt: (tab: TabStorage) => Value): Value | undefined => {
    try {
      return attempt(storage());
    } catch {
      return undefined;
    }
  };
  return {
    get: () => held ?? tried((tab) => tab.getItem(place)) ?? undefined,
    keep(token) {
      held = token;
      tried((tab) => tab.setItem(place, token));
    },
    forget() {
      held = undefined;
      tried((tab) => tab.removeItem(place));
    },
  };
}
