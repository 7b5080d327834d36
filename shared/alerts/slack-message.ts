import type { AlertData } from '../events/alert.ts';

const icons = { info: 'ℹ️', warning: '⚠️', critical: '🚨' };

/**
 * Characters that Slack takes; it refuses a message with more as a whole
 * (https://docs.slack.dev/reference/block-kit/blocks).
 */
const headerLengthMax = 150;
const sectionLengthMax = 3_000;

/** A message for Slack's incoming webhooks (https://docs.slack.dev/messaging/formatting-message-text). */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly unknown[];
}

/** Says what happened, why it is told, and under which id, in Block Kit. */
export function slackMessage(alertId: string, alert: AlertData): SlackMessage {
  const title = cut(`${icons[alert.severity]} ${alert.title}`, headerLengthMax);
  const reason = cut(escapeMarkup(alert.reason), sectionLengthMax);
  const fields = [
    ['Order', alert.orderId],
    ['Customer', alert.customerId],
    ['Value', (alert.totalCents / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })],
    ['Severity', alert.severity],
  ];
  const at = `${new Date(alert.atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return {
    text: `${escapeMarkup(alert.title)}: ${escapeMarkup(alert.reason)}`,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: title, emoji: true } },
      { type: 'section', text: { type: 'mrkdwn', text: reason } },
      {
        type: 'section',
        fields: fields.map(([name, value = '']) => ({
          type: 'mrkdwn',
          text: `*${name}*\n${escapeMarkup(value)}`,
        })),
      },
      {
        type: 'context',
        elements: [
          {
            type: 'mrkdwn',
            text: `${escapeMarkup(alert.rule)} v${alert.ruleVersion} · ${at} · ${escapeMarkup(alertId)}`,
          },
        ],
      },
    ],
  };
}

function cut(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`;
}

/** Slack reads these three characters as markup. */
function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
