import { type AlertMessage, alertWords } from './alert-message.ts';
import { cut, joinWithin } from './cut.ts';

/**
 * What Slack takes; it refuses a message with more as a whole
 * (https://docs.slack.dev/reference/block-kit/blocks).
 */
const headerLengthMax = 150;
const sectionLengthMax = 3_000;
const fieldsMax = 10;
const fieldLengthMax = 2_000;

/** A message for Slack's incoming webhooks (https://docs.slack.dev/messaging/formatting-message-text). */
interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly object[];
}

/** An alert in Slack's Block Kit. */
export function slackMessage(message: AlertMessage): SlackMessage {
  const { title, reason, fields, more, links, footer } = alertWords(message);
  const shown = fields.map(([name, value]) =>
    markup(cut(`*${escapeMarkup(name)}*\n${escapeMarkup(value)}`, fieldLengthMax)),
  );
  const sections = Array.from({ length: Math.ceil(shown.length / fieldsMax) }, (_, index) =>
    shown.slice(index * fieldsMax, (index + 1) * fieldsMax),
  );
  const list = more.map(escapeMarkup).join('\n• ');
  const shownLinks = links.map(({ title: name, url }) => link(url, name));
  const addresses = joinWithin(shownLinks, ' · ', sectionLengthMax);
  return {
    text: `${escapeMarkup(title)}: ${escapeMarkup(reason)}`,
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: cut(title, headerLengthMax), emoji: true },
      },
      { type: 'section', text: markup(cut(escapeMarkup(reason), sectionLengthMax)) },
      ...sections.map((some) => ({ type: 'section', fields: some })),
      ...(list === '' ? [] : [{ type: 'section', text: markup(cut(list, sectionLengthMax)) }]),
      ...(addresses === '' ? [] : [{ type: 'section', text: markup(addresses) }]),
      { type: 'context', elements: [markup(escapeMarkup(footer))] },
    ],
  };
}

function markup(text: string) {
  return { type: 'mrkdwn', text };
}

function link(url: string, title: string): string {
  return `<${escapeMarkup(url).replaceAll('|', '%7C')}|${escapeMarkup(title).replaceAll('|', '/')}>`;
}

/** Slack reads these three characters as markup. */
function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
