import { type MessageBlock, parseMessage } from '../block-kit.ts';
import type { Formats } from '../format.ts';
import { type MrkdwnToken, parseMrkdwn } from '../mrkdwn.ts';
import type { SentMessage } from '../sent-messages.ts';
import { element, part, slot } from './dom.ts';
import { keyedList } from './keyed-list.ts';

/** The messages a webhook received, drawn as the channel would draw them. */
export function messagesPart(): (messages: readonly SentMessage[], format: Formats) => void {
  const root = part('messages');
  let format: Formats;
  const draw = keyedList<SentMessage & { key: string }, HTMLLIElement>(slot(root, 'list'), {
    key: ({ key }) => key,
    create({ receivedAtMs, body }) {
      const item = element('li', 'message');
      const head = element('p', 'message-head');
      head.append(
        element('strong', '', 'Shop alerts'),
        element('time', 'quiet', format.second(receivedAtMs)),
      );
      const content = element('div', 'message-body');
      content.append(head, ...parseMessage(body).map(drawBlock));
      const avatar = element('img', 'avatar');
      avatar.src = 'dashboard/icon.svg';
      avatar.alt = '';
      item.append(avatar, content);
      return item;
    },
    // A message that was sent does not change.
    update: () => {},
  });

  return (messages, given) => {
    format = given;
    slot(root, 'empty').hidden = messages.length > 0;
    draw(keyed(messages));
  };
}

/** Two messages of the same moment stay two: they are numbered from the oldest on. */
function keyed(messages: readonly SentMessage[]): (SentMessage & { key: string })[] {
  const seen = new Map<number, number>();
  const oldestFirst = messages.toReversed().map((message) => {
    const number = (seen.get(message.receivedAtMs) ?? 0) + 1;
    seen.set(message.receivedAtMs, number);
    return { ...message, key: `${message.receivedAtMs}#${number}` };
  });
  return oldestFirst.reverse();
}

function drawBlock(block: MessageBlock): HTMLElement {
  switch (block.kind) {
    case 'header':
      return element('h3', 'block-header', block.text);
    case 'divider':
      return element('hr');
    case 'context': {
      const line = element('p', 'block-context quiet');
      line.append(...block.texts.map((text) => withText(element('span'), text)));
      return line;
    }
    case 'section': {
      const section = element('div', 'block-section');
      if (block.text !== '') section.append(withText(element('p'), block.text));
      if (block.fields.length > 0) {
        const fields = element('div', 'block-fields');
        fields.append(...block.fields.map((text) => withText(element('p'), text)));
        section.append(fields);
      }
      return section;
    }
  }
}

function withText(target: HTMLElement, mrkdwn: string): HTMLElement {
  target.append(...parseMrkdwn(mrkdwn).map(drawToken));
  return target;
}

const names = { bold: 'strong', italic: 'em', strike: 's', code: 'code' } as const;

function drawToken(token: MrkdwnToken): Node {
  switch (token.kind) {
    case 'text':
      return document.createTextNode(token.text);
    case 'code':
      return element('code', '', token.text);
    case 'link': {
      const link = element('a', '', token.text);
      link.href = token.url;
      link.rel = 'noreferrer';
      link.target = '_blank';
      return link;
    }
    default: {
      const styled = element(names[token.kind]);
      styled.append(...token.tokens.map(drawToken));
      return styled;
    }
  }
}
