import type { AlertMessage } from '../../shared/alerts/alert-message.ts';
import { discordMessage } from '../../shared/alerts/discord-message.ts';
import { type PostOutcome, postWebhook } from '../../shared/alerts/post-webhook.ts';
import { slackMessage } from '../../shared/alerts/slack-message.ts';
import { webhookMessage, webhookSignature } from '../../shared/alerts/webhook-message.ts';
import type { Targets } from './targets.ts';

const unknownTargetRetryMs = 60_000;
const forms = { slack: slackMessage, discord: discordMessage, webhook: webhookMessage };

/** Posts a message to a target, in its form. Never throws. */
export async function postTo(
  targets: Pick<Targets, 'find'>,
  name: string,
  message: AlertMessage,
  now: () => number,
  timeoutMs?: number,
): Promise<PostOutcome> {
  try {
    const { form, url: address, signingKey } = await targets.find(name);
    const url = form === 'discord' ? waitingUrl(address) : address;
    const body = JSON.stringify(forms[form](message));
    const headers = {
      // A header takes no more than this; ids of jobs are made of it.
      'idempotency-key': message.id.toWellFormed().replace(/[^\x21-\x7e]+/g, encodeURIComponent),
      'alert-timestamp': new Date(now()).toISOString(),
      ...(signingKey !== undefined && {
        'alert-signature': webhookSignature(signingKey, body, now()),
      }),
    };
    return await postWebhook({ url, body, headers }, now, timeoutMs);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', reason, retryAfterMs: unknownTargetRetryMs };
  }
}

/** Without this Discord says yes before it has kept the message. */
function waitingUrl(address: string): string {
  const url = new URL(address);
  url.searchParams.set('wait', 'true');
  return url.href;
}
