import type { LiveDocument } from '../../shared/events/live.ts';
import type { Formats } from '../format.ts';
import { element, part, setText, slot } from './dom.ts';
import { keyedList } from './keyed-list.ts';
import type { Part } from './view.ts';

type MostViewed = NonNullable<LiveDocument['mostViewed']>;
type Product = MostViewed['products'][number];

/** The products that are viewed most, ranked, each with a bar as long as its share of the first. */
export function mostViewedPart(): Part {
  const root = part('most-viewed');
  let format: Formats;
  let most = 1;
  const draw = keyedList<Product, HTMLLIElement>(slot(root, 'list'), {
    key: ({ productId }) => String(productId),
    create({ productId }) {
      const item = element('li', 'product');
      const name = element('span', 'product-name', `Product ${productId}`);
      item.append(name, element('span', 'product-views'));
      return item;
    },
    update(item, { views }) {
      item.style.setProperty('--share', String(views / most));
      const cell = item.querySelector('.product-views');
      if (cell !== null) setText(cell, format.count(views));
    },
  });

  return ({ document, format: given }) => {
    format = given;
    const shown = document.mostViewed;
    const products = shown?.products ?? [];
    most = Math.max(1, products[0]?.views ?? 1);
    slot(root, 'empty').hidden = products.length > 0;
    setText(slot(root, 'aside'), shown ? asideWords(shown, format) : '');
    draw(products);
  };
}

function asideWords({ startMs, endMs, closed, views }: MostViewed, format: Formats): string {
  const when = closed ? `to ${format.minute(endMs)}` : `in ${format.duration(endMs - startMs)}`;
  return `${format.count(views)} ${views === 1 ? 'view' : 'views'} ${when}`;
}
