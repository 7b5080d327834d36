/** What became of one attempt to deliver a message. */
export type PostOutcome =
  | { readonly kind: 'sent' }
  /** Worth another try, not before `retryAfterMs` where the receiver said so. */
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs: number | undefined };

const timeoutMs = 5_000;
const bodyShownMax = 200;

/**
 * Posts JSON to a webhook. Never throws: what went wrong is in the outcome, without the address,
 * which is a secret.
 */
export async function postWebhook(url: string, message: unknown): Promise<PostOutcome> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    });
    const body = await response.text();
    if (response.ok) return { kind: 'sent' };
    return {
      kind: 'failed',
      reason: `the receiver answered ${response.status} ${body.slice(0, bodyShownMax)}`.trim(),
      retryAfterMs: retryAfter(response.headers.get('retry-after')),
    };
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error), retryAfterMs: undefined };
  }
}

/** `Retry-After` in seconds, as Slack sends it; other forms are left to the own back-off. */
function retryAfter(header: string | null): number | undefined {
  const seconds = header === null ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  return error.cause instanceof Error ? error.cause.message : error.message;
}
