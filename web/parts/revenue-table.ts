import type { LiveRevenueWindow } from '../../shared/events/live-statistics.ts';
import type { Formats } from '../format.ts';
import { element, setText } from './dom.ts';
import { keyedList } from './keyed-list.ts';

const dayMs = 86_400_000;

/** The figures of the chart as a table, for who reads rather than looks. */
export function revenueTable(
  rows: HTMLElement,
): (windows: readonly LiveRevenueWindow[], windowMs: number, format: Formats) => void {
  let format: Formats;
  let sizeMs: number;
  const draw = keyedList<LiveRevenueWindow, HTMLTableRowElement>(rows, {
    key: (window) => String(window.startMs),
    create() {
      const row = element('tr');
      const head = element('th');
      head.scope = 'row';
      row.append(head, ...Array.from({ length: 5 }, () => element('td', 'number')), element('td'));
      return row;
    },
    update(row, window) {
      const average = window.averageOrderCents;
      const texts = [
        spanWords(window, sizeMs, format),
        format.money(window.netCents),
        format.count(window.orders),
        format.count(window.items),
        average === null ? '–' : format.money(average),
        format.money(window.refundedCents),
        windowState(window),
      ];
      texts.forEach((text, index) => {
        const cell = row.children[index];
        if (cell) setText(cell, text);
      });
      row.classList.toggle('open', !window.closed);
    },
  });
  return (windows, windowMs, given) => {
    format = given;
    sizeMs = windowMs;
    draw(windows);
  };
}

/** A closed window may still be revised by a late event; a final one no more. */
export function windowState(window: LiveRevenueWindow): string {
  return window.final ? 'final' : window.closed ? 'closed' : 'preliminary';
}

function spanWords({ startMs, endMs }: LiveRevenueWindow, sizeMs: number, format: Formats): string {
  const start = format.moment(startMs, sizeMs);
  return sizeMs >= dayMs ? start : `${start} – ${format.minute(endMs)}`;
}
