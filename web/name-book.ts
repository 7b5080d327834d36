/** What stands for an id until its name is known, and where it has none. */
export interface NameBook {
  readonly nameOf: (id: number) => string;
}

interface NameBookParts {
  /** In place of a name, before the id. */
  readonly word: string;
  /** Gives the names there are of so many ids at most. */
  readonly ask: (ids: readonly number[]) => Promise<ReadonlyMap<number, string>>;
  /** Called after names have come. */
  readonly onNews: () => void;
  readonly now: () => number;
}

const askedMax = 100;
const retryMs = 30_000;
/** A product is renamed now and then. */
const keptMs = 600_000;
const knownMax = 5_000;

/** Looks names up as they are asked for, many at once, and keeps them for a while. */
export function nameBook({ word, ask, onNews, now }: NameBookParts): NameBook {
  const known = new Map<number, { readonly name: string; readonly untilMs: number }>();
  const wanted = new Set<number>();
  let pausedUntilMs = 0;
  let asking = false;

  async function askWanted(): Promise<void> {
    const ids = [...wanted].slice(0, askedMax);
    try {
      const names = await ask(ids);
      const untilMs = now() + keptMs;
      if (known.size > knownMax) known.clear();
      for (const id of ids) {
        wanted.delete(id);
        known.set(id, { name: names.get(id) ?? fallback(id), untilMs });
      }
      onNews();
    } catch {
      // The id goes on standing for the name; the figures do not wait for it.
      pausedUntilMs = now() + retryMs;
    }
    asking = false;
    askSoon();
  }

  function askSoon(): void {
    if (asking || wanted.size === 0 || now() < pausedUntilMs) return;
    asking = true;
    queueMicrotask(askWanted);
  }

  const fallback = (id: number) => `${word} ${id}`;
  return {
    nameOf(id) {
      const found = known.get(id);
      if (found === undefined || found.untilMs <= now()) {
        wanted.add(id);
        askSoon();
      }
      return found?.name ?? fallback(id);
    },
  };
}
