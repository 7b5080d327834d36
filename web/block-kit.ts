/** The part of a webhook message that can be shown; see https://docs.slack.dev/reference/block-kit */
export type MessageBlock =
  | { readonly kind: 'header'; readonly text: string }
  | { readonly kind: 'section'; readonly text: string; readonly fields: readonly string[] }
  | { readonly kind: 'context'; readonly texts: readonly string[] }
  | { readonly kind: 'divider' };

/**
 * Reads the body of a message to a Slack-compatible webhook. Blocks of other kinds are shown by the
 * message's plain text, as Slack does in notifications; a body that is no message at all by its JSON.
 */
export function parseMessage(body: unknown): MessageBlock[] {
  const sources = [body, ...list(field(body, 'attachments'))];
  const blocks = sources.flatMap((source) => list(field(source, 'blocks')).flatMap(parseBlock));
  if (blocks.length > 0) return blocks;
  const plain = textOf(field(body, 'text')) || textOf(field(body, 'content'));
  return [{ kind: 'section', text: plain || JSON.stringify(body), fields: [] }];
}

function parseBlock(block: unknown): MessageBlock[] {
  switch (field(block, 'type')) {
    case 'header':
      return [{ kind: 'header', text: textOf(field(block, 'text')) }];
    case 'section': {
      const fields = list(field(block, 'fields')).map(textOf);
      return [{ kind: 'section', text: textOf(field(block, 'text')), fields }];
    }
    case 'context': {
      const texts = list(field(block, 'elements')).map(textOf);
      return [{ kind: 'context', texts: texts.filter((text) => text !== '') }];
    }
    case 'divider':
      return [{ kind: 'divider' }];
    default:
      return [];
  }
}

/** Text stands as a string, or in an object of type `mrkdwn` or `plain_text`; images have a text too. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const inner = field(value, 'text') ?? field(value, 'alt_text');
  return typeof inner === 'string' ? inner : '';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
