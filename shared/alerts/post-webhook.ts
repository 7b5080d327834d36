/** What became of one attempt to deliver a message. */
export type PostOutcome =
  | { readonly kind: 'sent' }
  /** Worth another try, not before `retryAfterMs` where the receiver said so. */
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs: number | undefined };

const answerWithinMs = 5_000;
const bodyShownMax = 200;

/**
 * Posts JSON to a webhook. Never throws: what went wrong is in the outcome, without the address,
 * which is a secret.
 *
 * @param timeoutMs how long to wait for the answer.
 */
export async function postWebhook(
  url: string,
  message: unknown,
  timeoutMs: number = answerWithinMs,
): Promise<PostOutcome> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    });
    if (response.ok) {
      // Taken, whatever becomes of the body.
      void response.body?.cancel().catch(() => {});
      return { kind: 'sent' };
    }
    const body = await response.text();
    return {
      kind: 'failed',
      reason: `the receiver answered ${response.status} ${body.slice(0, bodyShownMax)}`.trim(),
      retryAfterMs: retryAfter(response.headers.get('retry-after')),
    };
  } catch (error) {
    const reason = reasonOf(error, timeoutMs).replaceAll(url, 'the address');
    return { kind: 'failed', reason, retryAfterMs: undefined };
  }
}

/** `Retry-After` in seconds, as Slack sends it; other forms are left to the own back-off. */
function retryAfter(header: string | null): number | undefined {
  return header !== null && /^\d+$/.test(header) ? Number(header) * 1000 : undefined;
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const cause = error.cause instanceof Error ? error.cause : error;
  // An error of several addresses tried has a code and no message.
  return cause.message || ('code' in cause ? String(cause.code) : cause.name);
}
