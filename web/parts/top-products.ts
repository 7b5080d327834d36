import type { LiveTopProducts } from '../../shared/events/live-statistics.ts';
import { durationName } from '../../shared/statistics/duration-name.ts';
import { categoryChange } from '../category-change.ts';
import type { Formats } from '../format.ts';
import { part, setText, slot } from './dom.ts';
import { type Ranked, rankedList } from './ranked-list.ts';
import { choiceSwitch } from './switch.ts';
import { troubleTag } from './trouble.ts';
import type { Part, View } from './view.ts';

type By = 'quantity' | 'revenue';

/** Longer than the noise of a minute, short enough to move while one looks. */
const usualWindowMs = 300_000;

/** What sells best, what rises, and how the categories do, of one window size. */
export function topProductsPart(): Part {
  const root = part('top-products');
  const drawSold = rankedList(slot(root, 'sold'));
  const drawRising = rankedList(slot(root, 'rising'));
  const drawCategories = rankedList(slot(root, 'categories'));
  const drawTrouble = troubleTag(root);
  let pickedMs = usualWindowMs;
  let by: By = 'quantity';
  let last: View | undefined;

  const drawSizes = choiceSwitch(slot(root, 'sizes'), (key) => {
    pickedMs = Number(key);
    if (last) draw(last);
  });
  const drawBy = choiceSwitch(slot(root, 'by'), (key) => {
    by = key === 'revenue' ? 'revenue' : 'quantity';
    if (last) draw(last);
  });

  function draw(view: View): void {
    last = view;
    const { format, names } = view;
    const sizes = view.document.topProducts;
    const shown = sizes.find(({ windowMs }) => windowMs === pickedMs) ?? sizes.at(0);
    slot(root, 'empty').hidden = shown !== undefined;
    slot(root, 'columns').hidden = shown === undefined;
    drawSizes(
      sizes.map(({ windowMs }) => ({ key: String(windowMs), label: durationName(windowMs) })),
      String(shown?.windowMs),
    );
    drawBy(
      [
        { key: 'quantity', label: 'Pieces' },
        { key: 'revenue', label: 'Revenue' },
      ],
      by,
    );
    drawTrouble(view, shown ? [`top-products-${durationName(shown.windowMs)}`] : []);
    setText(slot(root, 'aside'), shown ? asideWords(shown, format) : '');
    if (shown === undefined) return;
    drawSold(soldLines(shown, by, view));
    const rising = risingLines(shown, view);
    slot(root, 'no-rising').hidden = rising.length > 0;
    drawRising(rising);
    drawCategories(
      shown.categories.map((category) => ({
        key: String(category.categoryId),
        name: category.categoryId === null ? 'No category' : names.category(category.categoryId),
        note: categoryChange(category, shown.closed, format),
        trend: shown.closed ? trendOf(category.revenueChangePercent) : 'even',
        figure: format.moneyRounded(category.revenueCents),
        share: category.revenueCents / Math.max(1, shown.categories[0]?.revenueCents ?? 1),
      })),
    );
  }
  return draw;
}

function soldLines(shown: LiveTopProducts, by: By, { format, names }: View): Ranked[] {
  const products = by === 'quantity' ? shown.byQuantity : shown.byRevenue;
  const figureOf = ({ quantity, revenueCents }: { quantity: number; revenueCents: number }) =>
    by === 'quantity' ? quantity : revenueCents;
  const most = Math.max(1, ...products.slice(0, 1).map(figureOf));
  return products.map((product) => {
    const money = format.moneyRounded(product.revenueCents);
    const pieces = format.count(product.quantity);
    return {
      key: String(product.productId),
      name: names.product(product.productId),
      figure: by === 'quantity' ? pieces : money,
      note: by === 'quantity' ? money : pieces,
      share: figureOf(product) / most,
    };
  });
}

/** The share of all lines, with what it was in the window before. */
function risingLines({ trending }: LiveTopProducts, { format, names }: View): Ranked[] {
  const most = Math.max(1, ...trending.map(({ sharePercent }) => sharePercent));
  return trending.map(({ productId, sharePercent, sharePercentBefore }) => ({
    key: String(productId),
    name: names.product(productId),
    note: `${format.share(sharePercentBefore)} →`,
    figure: format.share(sharePercent),
    share: sharePercent / most,
  }));
}

function trendOf(percent: number | null): NonNullable<Ranked['trend']> {
  if (percent === null || percent === 0) return 'even';
  return percent > 0 ? 'up' : 'down';
}

function asideWords(
  { startMs, endMs, closed, quantity }: LiveTopProducts,
  format: Formats,
): string {
  const pieces = `${format.count(quantity)} ${quantity === 1 ? 'piece' : 'pieces'}`;
  return `${pieces} ${closed ? `to ${format.minute(endMs)}` : `since ${format.minute(startMs)}`}`;
}
