/** A piece of Slack's message text (https://docs.slack.dev/messaging/formatting-message-text). */
export type MrkdwnToken =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string }
  | {
      readonly kind: 'bold' | 'italic' | 'strike';
      readonly tokens: readonly MrkdwnToken[];
    };

const pattern = new RegExp(
  [
    /```(?<block>[\s\S]+?)```/u,
    /`(?<code>[^`\n]+)`/u,
    /<(?<angle>[^<>\n]+)>/u,
    /(?<![\p{L}\p{N}])\*(?<bold>[^*\n]+)\*(?![\p{L}\p{N}])/u,
    /(?<![\p{L}\p{N}])_(?<italic>[^_\n]+)_(?![\p{L}\p{N}])/u,
    /(?<![\p{L}\p{N}])~(?<strike>[^~\n]+)~(?![\p{L}\p{N}])/u,
    /:(?<emoji>[a-z0-9_+-]+):/u,
  ]
    .map((part) => part.source)
    .join('|'),
  'gu',
);

const emoji: Readonly<Record<string, string>> = {
  rotating_light: '🚨',
  warning: '⚠️',
  moneybag: '💰',
  package: '📦',
  credit_card: '💳',
  bell: '🔔',
  white_check_mark: '✅',
  red_circle: '🔴',
  large_yellow_circle: '🟡',
  large_blue_circle: '🔵',
  mag: '🔍',
  shopping_trolley: '🛒',
  information_source: 'ℹ️',
};

/** Splits message text into tokens, escapes undone; whatever is no markup stays text. */
export function parseMrkdwn(source: string): MrkdwnToken[] {
  const tokens: MrkdwnToken[] = [];
  let at = 0;
  for (const match of source.matchAll(pattern)) {
    if (match.index > at) tokens.push(text(source.slice(at, match.index)));
    tokens.push(toToken(match[0], match.groups ?? {}));
    at = match.index + match[0].length;
  }
  if (at < source.length) tokens.push(text(source.slice(at)));
  return tokens;
}

function toToken(whole: string, groups: Record<string, string | undefined>): MrkdwnToken {
  const code = groups['block'] ?? groups['code'];
  if (code !== undefined) return { kind: 'code', text: unescaped(code) };
  if (groups['angle'] !== undefined) return reference(groups['angle']);
  for (const kind of ['bold', 'italic', 'strike'] as const) {
    const inner = groups[kind];
    if (inner !== undefined) return { kind, tokens: parseMrkdwn(inner) };
  }
  return text(emoji[groups['emoji'] ?? ''] ?? whole);
}

/** `<https://…|label>`, `<@user>`, `<#channel|name>`, `<!here>`, `<!date^…|fallback>`. */
function reference(inside: string): MrkdwnToken {
  const bar = inside.indexOf('|');
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? undefined : unescaped(inside.slice(bar + 1));
  if (/^https?:\/\//.test(target)) {
    const url = unescaped(target);
    return { kind: 'link', url, text: label ?? url };
  }
  return text(label ?? target.replace(/^!/, '@'));
}

function text(source: string): MrkdwnToken {
  return { kind: 'text', text: unescaped(source) };
}

function unescaped(source: string): string {
  return source.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
