import type { LiveDocument } from '../../shared/events/live.ts';
import type { Formats } from '../format.ts';
import { part, setText, slot } from './dom.ts';
import { rankedList } from './ranked-list.ts';
import { troubleTag } from './trouble.ts';
import type { Part } from './view.ts';

type MostViewed = NonNullable<LiveDocument['mostViewed']>;

/** The products that are viewed most, ranked. */
export function mostViewedPart(): Part {
  const root = part('most-viewed');
  const draw = rankedList(slot(root, 'list'));
  const drawTrouble = troubleTag(root);

  return (view) => {
    const { document, format, names } = view;
    const shown = document.mostViewed;
    const products = shown?.products ?? [];
    const most = Math.max(1, products[0]?.views ?? 1);
    slot(root, 'empty').hidden = products.length > 0;
    setText(slot(root, 'aside'), shown ? asideWords(shown, format) : '');
    drawTrouble(view, ['most-viewed']);
    draw(
      products.map(({ productId, views }) => ({
        key: String(productId),
        name: names.product(productId),
        figure: format.count(views),
        share: views / most,
      })),
    );
  };
}

function asideWords({ startMs, endMs, closed, views }: MostViewed, format: Formats): string {
  const when = closed ? `to ${format.minute(endMs)}` : `in ${format.duration(endMs - startMs)}`;
  return `${format.count(views)} ${views === 1 ? 'view' : 'views'} ${when}`;
}
