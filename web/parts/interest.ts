import type { LiveProductInterest } from '../../shared/events/live-statistics.ts';
import type { Formats } from '../format.ts';
import { element, part, setAttribute, setText, slot } from './dom.ts';
import { keyedList } from './keyed-list.ts';
import { troubleTag } from './trouble.ts';
import type { Part, View } from './view.ts';

type Product = LiveProductInterest['products'][number];

/** Products that are looked at: how many put them into the cart, and how many buy. */
export function interestPart(): Part {
  const root = part('interest');
  const drawTrouble = troubleTag(root);
  let view: View;
  const draw = keyedList<Product, HTMLTableRowElement>(slot(root, 'rows'), {
    key: ({ productId }) => String(productId),
    create() {
      const row = element('tr');
      const head = element('th');
      head.scope = 'row';
      const rate = element('td', 'number');
      rate.append(element('span', 'rate'), ' ', element('span', 'hidden'));
      row.append(head, ...Array.from({ length: 3 }, () => element('td', 'number')), rate);
      return row;
    },
    update(row, product) {
      const { format, names } = view;
      const name = names.product(product.productId);
      const [head, ...cells] = row.children;
      if (head) {
        setText(head, name);
        setAttribute(
          head,
          'title',
          product.category === null ? name : `${name} · ${product.category}`,
        );
      }
      [product.views, product.carts, product.purchases].forEach((figure, index) => {
        const cell = cells[index];
        if (cell) setText(cell, format.count(figure));
      });
      const [rate, said] = cells.at(-1)?.children ?? [];
      const percent = product.conversionPercent;
      if (rate) setText(rate, percent === null ? '–' : format.share(percent));
      if (said) setText(said, product.isCandidate ? 'looked at, not bought' : '');
      row.classList.toggle('candidate', product.isCandidate);
    },
  });

  return (given) => {
    view = given;
    const shown = view.document.productInterest;
    slot(root, 'empty').hidden = shown !== null && shown.products.length > 0;
    drawTrouble(view, ['product-interest']);
    setText(slot(root, 'aside'), shown ? asideWords(shown, view.format) : '');
    draw(shown?.products ?? []);
  };
}

function asideWords(shown: LiveProductInterest, format: Formats): string {
  const { startMs, endMs, closed, candidates } = shown;
  const span = format.duration(endMs - startMs);
  const when = closed ? `${span} to ${format.minute(endMs)}` : `in ${span}`;
  return candidates === 0 ? when : `${format.count(candidates)} not bought · ${when}`;
}
