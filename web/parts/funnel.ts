import type { LiveAbandonedCart, LiveFunnel } from '../../shared/events/live-statistics.ts';
import type { Formats } from '../format.ts';
import { element, part, setText, slot } from './dom.ts';
import { keyedList } from './keyed-list.ts';
import { troubleTag } from './trouble.ts';
import type { Part, View } from './view.ts';

type Stage = LiveFunnel['stages'][number];

const stageNames: Readonly<Record<Stage['stage'], string>> = {
  view: 'Viewed',
  cart: 'Cart',
  checkout: 'Checkout',
  paid: 'Paid',
};

/** How far sessions come, from the first look to the payment, and the carts that were left behind. */
export function funnelPart(): Part {
  const root = part('funnel');
  const drawTrouble = troubleTag(root);
  let view: View;
  let most = 1;

  const drawStages = keyedList<Stage, HTMLLIElement>(slot(root, 'stages'), {
    key: ({ stage }) => stage,
    create({ stage }) {
      const item = element('li', 'stage');
      item.append(
        element('span', 'stage-name', stageNames[stage]),
        ' ',
        element('span', 'stage-rate'),
        ' ',
        element('span', 'stage-count'),
      );
      return item;
    },
    update(item, { sessions, conversionPercent }) {
      const [, rate, count] = item.children;
      if (!rate || !count) return;
      item.style.setProperty('--share', String(sessions / most));
      setText(count, view.format.count(sessions));
      setText(rate, conversionPercent === null ? '' : view.format.share(conversionPercent));
    },
  });
  const drawCarts = keyedList<LiveAbandonedCart, HTMLLIElement>(slot(root, 'carts'), {
    key: ({ firstAtMs, lastAtMs, products }) =>
      [firstAtMs, lastAtMs, products[0]?.productId].join('|'),
    create({ lastAtMs }) {
      const item = element('li', 'left-cart');
      item.append(
        element('span', 'left-products'),
        ' ',
        element('time', 'quiet', view.format.minute(lastAtMs)),
      );
      return item;
    },
    update(item, cart) {
      const [products] = item.children;
      if (products) setText(products, cartWords(cart, view));
    },
  });

  return (given) => {
    view = given;
    const { funnel, abandonedCarts } = view.document;
    const carts = abandonedCarts?.carts ?? [];
    slot(root, 'empty').hidden = funnel !== null || carts.length > 0;
    slot(root, 'funnel').hidden = funnel === null && carts.length === 0;
    slot(root, 'left').hidden = carts.length === 0;
    drawTrouble(view, ['funnel', 'abandoned-carts']);
    setText(slot(root, 'aside'), funnel ? asideWords(funnel, view.format) : '');
    most = Math.max(1, ...(funnel?.stages ?? []).map(({ sessions }) => sessions));
    drawStages(funnel?.stages ?? []);
    setText(slot(root, 'unfollowed'), funnel ? unfollowedWords(funnel, view.format) : '');
    drawCarts(carts);
  };
}

function asideWords(funnel: LiveFunnel, format: Formats): string {
  const { startMs, endMs, closed, conversionPercent } = funnel;
  const when = closed
    ? `${format.minute(startMs)} to ${format.minute(endMs)}`
    : `since ${format.minute(startMs)}`;
  return conversionPercent === null ? when : `${format.share(conversionPercent)} pay · ${when}`;
}

/** Said, so that the rate is not taken for that of everybody. */
function unfollowedWords({ notFollowed }: LiveFunnel, format: Formats): string {
  const { sessions, carts } = notFollowed;
  if (sessions === 0) return '';
  const [visits, filled] = [format.count(sessions), format.count(carts)];
  return `${visits} more that no user is known of, ${filled} of them with a cart`;
}

function cartWords({ products, productsLeft }: LiveAbandonedCart, { names }: View): string {
  const [first] = products;
  const name = first ? names.product(first.productId) : 'A cart';
  return productsLeft > 1 ? `${name} and ${productsLeft - 1} more` : name;
}
