import type { LiveAlert } from '../../shared/events/live.ts';
import type { Formats } from '../format.ts';
import { element, part, setAttribute, setText, slot } from './dom.ts';
import { keyedList } from './keyed-list.ts';
import type { Part, View } from './view.ts';

/** The latest alerts with reason and delivery; a new one is also said to screen readers. */
export function alertsPart(): Part {
  const root = part('alerts');
  const announcer = slot(document, 'announcer');
  let known: Set<string> | undefined;
  let format: Formats;
  let view: View;

  const draw = keyedList<LiveAlert, HTMLLIElement>(slot(root, 'list'), {
    key: (alert) => alert.id,
    create(alert) {
      const item = element('li', 'alert');
      const head = element('div', 'alert-head');
      head.append(
        element('span', 'tag severity', alert.severity),
        element('h3', '', alert.title),
        element('span', 'tag delivery'),
      );
      const facts = element('p', 'alert-facts');
      facts.append(
        ...ofOrder(alert, format),
        element('span', 'quiet roomy sure', sureWords(alert)),
        element('span', 'quiet more'),
        element('time', 'quiet', format.second(alert.atMs)),
      );
      item.append(head, element('p', 'reason', alert.reason), facts);
      item.dataset['severity'] = severityLevel(alert.severity);
      return item;
    },
    update(item, alert) {
      const delivery = item.querySelector('.delivery');
      if (delivery === null) return;
      setText(delivery, deliveryWords(alert, format));
      setAttribute(delivery, 'data-status', alert.held ? 'held' : alert.status);
      const more = item.querySelector('.more');
      if (more !== null) setText(more, moreWords(alert));
      // Its name may come later than the alert.
      const about = item.querySelector('.about');
      if (about !== null) setText(about, aboutWords(alert, view));
    },
  });

  return (given) => {
    view = given;
    const live = given.document;
    ({ format } = given);
    const alerts = live.alerts?.alerts ?? [];
    slot(root, 'empty').hidden = alerts.length > 0;
    const failed = alerts.filter((alert) => alert.status === 'failed').length;
    const newest = alerts.length > 0 ? `newest ${alerts.length}` : '';
    setText(slot(root, 'aside'), failed > 0 ? `${failed} not delivered` : newest);
    draw(alerts);

    const fresh = known && alerts.filter((alert) => !known?.has(alert.id));
    if (fresh?.length) setText(announcer, fresh.map(spoken).join(' '));
    if (live.alerts) known = new Set(alerts.map((alert) => alert.id));
  };
}

/** What it says of the order that caused it, or a place for what else it is about. */
function ofOrder({ totalCents, orderId, customerId }: LiveAlert, format: Formats): HTMLElement[] {
  if (orderId === undefined) return [element('span', 'quiet about')];
  return [
    ...(totalCents === undefined ? [] : [element('span', 'amount', format.money(totalCents))]),
    element('span', 'quiet', `Order ${orderId}`),
    ...(customerId === undefined ? [] : [element('span', 'quiet roomy', `Customer ${customerId}`)]),
  ];
}

function aboutWords({ entity }: LiveAlert, { names }: View): string {
  if (entity === undefined) return '';
  const isProduct = entity.kind === 'product' && /^\d+$/.test(entity.id);
  if (isProduct) return names.product(Number(entity.id));
  return entity.kind.charAt(0).toUpperCase() + entity.kind.slice(1);
}

function severityLevel(severity: string): 'high' | 'medium' | 'low' {
  if (/^(critical|high|error)$/i.test(severity)) return 'high';
  return /^(warning|medium)$/i.test(severity) ? 'medium' : 'low';
}

function deliveryWords(alert: LiveAlert, format: Formats): string {
  const tries = `${alert.attempts} ${alert.attempts === 1 ? 'attempt' : 'attempts'}`;
  if (alert.status === 'failed') return `Failed after ${tries}`;
  if (alert.status === 'pending' && alert.held) return heldWords(alert.held, format);
  if (alert.status === 'pending') return alert.attempts === 0 ? 'Sending' : `Sending, ${tries}`;
  return alert.sentAtMs === undefined ? 'Sent' : `Sent ${format.second(alert.sentAtMs)}`;
}

function heldWords({ why, untilMs }: NonNullable<LiveAlert['held']>, format: Formats): string {
  if (why === 'mute') return 'Muted';
  if (why === 'age') return 'Too old to be sent';
  return untilMs === undefined ? 'Held back' : `Held until ${format.second(untilMs)}`;
}

function sureWords({ confidence }: LiveAlert): string {
  return confidence === undefined ? '' : `${Math.round(confidence * 100)} % sure`;
}

/** How many others its message told of. */
function moreWords({ heldBack = 0 }: LiveAlert): string {
  return heldBack === 0 ? '' : `and ${heldBack} held back`;
}

function spoken(alert: LiveAlert): string {
  return `${alert.title}: ${alert.reason}.`;
}
