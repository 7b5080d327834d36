import type { Freshness } from '../freshness.ts';
import { setAttribute, setText, slot } from './dom.ts';

/** Says in the head of the page whether the figures are live, and at its foot why they are not. */
export function statusPart(retry: () => void): (freshness: Freshness, age: string) => void {
  const status = slot(document, 'status');
  const notice = slot(document, 'notice');
  const button = slot(document, 'retry');
  button.addEventListener('click', retry);

  return ({ level, label, reason }, age) => {
    setAttribute(status, 'data-level', level);
    setAttribute(document.documentElement, 'data-level', level);
    setText(slot(status, 'status-label'), label);
    setText(slot(status, 'status-age'), age);
    notice.hidden = reason === '';
    button.hidden = level !== 'away';
    setText(slot(notice, 'notice-label'), label);
    setText(slot(notice, 'notice-reason'), reason);
  };
}
