import type { LiveRevenueWindow } from '../../shared/events/live.ts';
import type { Formats } from '../format.ts';
import { element, setText } from './dom.ts';
import { keyedList } from './keyed-list.ts';

/** The figures of the chart as a table, for who reads rather than looks. */
export function revenueTable(
  rows: HTMLElement,
): (windows: readonly LiveRevenueWindow[], format: Formats) => void {
  let format: Formats;
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
        `${format.minute(window.startMs)} – ${format.minute(window.endMs)}`,
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
  return (windows, given) => {
    format = given;
    draw(windows);
  };
}

/** A closed window may still be revised by a late event; a final one no more. */
export function windowState(window: LiveRevenueWindow): string {
  return window.final ? 'final' : window.closed ? 'closed' : 'preliminary';
}
