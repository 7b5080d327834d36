import type { LiveOrder } from '../../shared/events/live.ts';
import type { Formats } from '../format.ts';
import { element, part, setText, slot } from './dom.ts';
import { keyedList } from './keyed-list.ts';
import type { Part } from './view.ts';

/** The latest orders, newest first. */
export function ordersPart(): Part {
  const root = part('orders');
  let format: Formats;
  const draw = keyedList<LiveOrder, HTMLTableRowElement>(slot(root, 'rows'), {
    key: (order) => order.id,
    create(order) {
      const row = element('tr');
      const id = element('th', '', order.id);
      id.scope = 'row';
      id.title = order.id;
      row.append(
        element('td', 'quiet', format.second(order.orderedAtMs)),
        id,
        element('td', 'roomy quiet', order.customerId),
        element('td', 'roomy quiet', order.channel ?? '–'),
        country(order.country, format),
        element('td', 'number', format.money(order.totalCents)),
      );
      return row;
    },
    // An order as placed is a fact: only its place in the list changes.
    update: () => {},
  });

  return ({ document, format: given }) => {
    format = given;
    const orders = document.orders?.orders ?? [];
    slot(root, 'empty').hidden = orders.length > 0;
    setText(slot(root, 'aside'), orders.length > 0 ? `newest ${orders.length}` : '');
    draw(orders);
  };
}

/** By name where there is room, by its code on a phone. */
function country(code: string | null, format: Formats): HTMLElement {
  if (code === null) return element('td', 'quiet', '–');
  const cell = element('td', 'quiet');
  const short = element('abbr', 'narrow', code);
  short.title = format.country(code);
  cell.append(element('span', 'roomy', format.country(code)), short);
  return cell;
}
