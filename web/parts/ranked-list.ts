import { element, setAttribute, setText } from './dom.ts';
import { keyedList } from './keyed-list.ts';

export interface Ranked {
  readonly key: string;
  readonly name: string;
  readonly figure: string;
  /** Beside the figure, quieter. */
  readonly note?: string;
  readonly trend?: 'up' | 'even' | 'down';
  /** Of the longest bar, from 0 to 1. */
  readonly share: number;
}

/** A ranking: each line with a bar as long as its share of the first. Lines move where they stand. */
export function rankedList(list: HTMLElement): (items: readonly Ranked[]) => void {
  return keyedList<Ranked, HTMLLIElement>(list, {
    key: ({ key }) => key,
    create() {
      const item = element('li', 'ranked');
      for (const part of ['name', 'note', 'figure']) {
        item.append(element('span', `ranked-${part}`), ' ');
      }
      return item;
    },
    update(item, { name, note = '', figure, trend = 'even', share }) {
      const [nameCell, noteCell, figureCell] = item.children;
      if (!nameCell || !noteCell || !figureCell) return;
      setText(nameCell, name);
      setAttribute(nameCell, 'title', name);
      setText(noteCell, note);
      setAttribute(noteCell, 'data-trend', trend);
      setText(figureCell, figure);
      item.style.setProperty('--share', String(Math.max(0, Math.min(1, share))));
    },
  });
}
