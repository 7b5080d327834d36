import { type AlertMessage, alertWords } from './alert-message.ts';
import { cut, joinWithin } from './cut.ts';

/**
 * Within what Discord takes: 256 characters of title, 25 fields, and 6,000 characters in all
 * (https://docs.discord.com/developers/resources/message#embed-object-embed-limits).
 */
const titleLengthMax = 200;
const textLengthMax = 2_000;
const linksLengthMax = 1_000;
const fieldsMax = 14;
const fieldLengthMax = 150;
const footerLengthMax = 500;
const colours = { info: 0x3b82f6, warning: 0xf59e0b, critical: 0xdc2626 };

/** A message for Discord's webhooks. */
interface DiscordMessage {
  readonly embeds: readonly object[];
  readonly allowed_mentions: { readonly parse: readonly string[] };
}

/** An alert as a Discord embed. It mentions nobody, whatever is written in it. */
export function discordMessage(message: AlertMessage): DiscordMessage {
  const { title, reason, fields, more, links, footer } = alertWords(message);
  const shownLinks = links.map(
    ({ title: name, url }) => `[${escapeMarkdown(name)}](${url.replaceAll(')', '%29')})`,
  );
  const addresses = joinWithin(shownLinks, ' · ', linksLengthMax);
  const lines = [escapeMarkdown(reason), ...more.map(escapeMarkdown)].join('\n');
  const description = `${cut(lines, textLengthMax - addresses.length - 1)}\n${addresses}`;
  return {
    embeds: [
      {
        title: cut(escapeMarkdown(title), titleLengthMax),
        description,
        color: colours[message.lead.data.severity],
        fields: fields.slice(0, fieldsMax).map(([name, value]) => ({
          name: cut(escapeMarkdown(name), fieldLengthMax / 2),
          value: cut(escapeMarkdown(value), fieldLengthMax) || '–',
          inline: true,
        })),
        footer: { text: cut(footer, footerLengthMax) },
        timestamp: new Date(message.lead.data.atMs).toISOString(),
      },
    ],
    allowed_mentions: { parse: [] },
  };
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\*_~`|>#[\]()<]/g, '\\$&');
}
