/** What became of one attempt to deliver a message. */
export type PostOutcome =
  | { readonly kind: 'sent' }
  /** Worth another try, not before `retryAfterMs` where the receiver said so. */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly retryAfterMs: number | undefined;
      /** It is this message that is not taken; others may be. */
      readonly isRefusal?: boolean;
    };

const answerWithinMs = 5_000;
const bodyShownMax = 200;
/** Bad request, too large, unprocessable. */
const refusals = new Set([400, 413, 422]);

/** A body of JSON, where it goes, and what goes with it. */
export interface WebhookPost {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Posts JSON to a webhook. Never throws: what went wrong is in the outcome, without the address,
 * which is a secret.
 *
 * @param now against which a receiver's `Retry-After` is told where it is a date.
 * @param timeoutMs how long to wait for the answer.
 */
export async function postWebhook(
  { url, body, headers }: WebhookPost,
  now: () => number,
  timeoutMs: number = answerWithinMs,
): Promise<PostOutcome> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    });
    if (response.ok) {
      // Taken, whatever becomes of the body.
      void response.body?.cancel().catch(() => {});
      return { kind: 'sent' };
    }
    const text = await response.text();
    return {
      kind: 'failed',
      reason: `the receiver answered ${response.status} ${text.slice(0, bodyShownMax)}`.trim(),
      retryAfterMs: retryAfter(response.headers.get('retry-after'), now()),
      ...(refusals.has(response.status) && { isRefusal: true }),
    };
  } catch (error) {
    const reason = reasonOf(error, timeoutMs).replaceAll(url, 'the address');
    return { kind: 'failed', reason, retryAfterMs: undefined };
  }
}

/** `Retry-After` is a number of seconds, to some with a fraction, or a date (RFC 9110, 10.2.3). */
function retryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(header)) return Math.ceil(Number(header) * 1000);
  if (!/^[A-Za-z]{3,9}, ?\d{2}[ -]/.test(header)) return undefined;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const cause = error.cause instanceof Error ? error.cause : error;
  // An error of several addresses tried has a code and no message.
  return cause.message || ('code' in cause ? String(cause.code) : cause.name);
}
