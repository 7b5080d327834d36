import type { Formats } from '../format.ts';
import { type Figure, summarise } from '../summary.ts';
import { part, setAttribute, setText, slot } from './dom.ts';
import type { Part } from './view.ts';

/** The headline figures, each beside its last closed window. */
export function summaryPart(): Part {
  const root = part('summary');
  const tiles = {
    net: slot(root, 'net'),
    orders: slot(root, 'orders'),
    average: slot(root, 'average'),
    refunded: slot(root, 'refunded'),
  };

  return ({ document: live, format }) => {
    const windows = live.revenue?.windows ?? [];
    const summary = summarise(windows);
    const lastWindow = windowWords(live.revenue?.windowMs, format);
    const span = summary.spanMs === 0 ? '' : `last ${format.duration(summary.spanMs)}`;
    setText(slot(tiles.net, 'span'), span);

    // Whoever has the page among twenty tabs reads it there.
    const { total } = summary.net;
    const title = total === null ? 'Shop live' : `${format.moneyRounded(total)} · Shop live`;
    if (document.title !== title) document.title = title;

    draw(tiles.net, summary.net, format.moneyRounded, lastWindow, format);
    draw(tiles.orders, summary.orders, format.count, lastWindow, format);
    draw(tiles.average, summary.averageOrder, format.money, lastWindow, format);
    draw(tiles.refunded, summary.refunded, format.moneyRounded, lastWindow, format);
    const share = summary.refundedPercentOfGross;
    setText(slot(tiles.refunded, 'change'), '');
    setText(slot(tiles.refunded, 'last'), share === null ? '' : `${format.share(share)} of gross`);
  };
}

function windowWords(windowMs: number | undefined, format: Formats): string {
  if (windowMs === undefined) return '';
  return windowMs === 60_000 ? 'last minute' : `last ${format.duration(windowMs)}`;
}

function draw(
  tile: HTMLElement,
  figure: Figure,
  write: (value: number) => string,
  lastWindow: string,
  format: Formats,
): void {
  setText(slot(tile, 'value'), figure.total === null ? '–' : write(figure.total));
  const { last, changePercent } = figure;
  const change = slot(tile, 'change');
  setText(change, changePercent === null ? '' : format.change(changePercent));
  setAttribute(change, 'data-trend', trend(changePercent ?? 0));
  setText(slot(tile, 'last'), last === null ? '' : `${write(last)} ${lastWindow}`);
}

function trend(changePercent: number): 'up' | 'even' | 'down' {
  if (changePercent === 0) return 'even';
  return changePercent > 0 ? 'up' : 'down';
}
