import { jobTrouble } from '../freshness.ts';
import { element, setAttribute, setText, slot } from './dom.ts';
import type { View } from './view.ts';

/**
 * Says in the head of a panel that the jobs behind it stand still or are behind, and why: the rest
 * of the page may be live.
 */
export function troubleTag(root: HTMLElement): (view: View, jobs: readonly string[]) => void {
  const tag = slot(root, 'title').insertAdjacentElement('afterend', element('span', 'tag trouble'));
  const words = element('span');
  const reason = element('span', 'hidden');
  tag?.append(words, ' ', reason);

  return ({ document, serverNowMs, format }, jobs) => {
    const trouble = document.health
      .filter(({ job }) => jobs.includes(job))
      .map((job) => jobTrouble(job, serverNowMs, format))
      .find((found) => found !== undefined);
    setText(words, trouble?.label ?? '');
    setText(reason, trouble?.reason ?? '');
    if (tag === null) return;
    setAttribute(tag, 'title', trouble?.reason ?? '');
    tag.toggleAttribute('hidden', trouble === undefined);
  };
}
