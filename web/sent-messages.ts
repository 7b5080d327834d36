export interface SentMessage {
  readonly receivedAtMs: number;
  readonly body: unknown;
}

/** The receiver of webhooks stands only in the cloud on this machine. */
export function mayHaveReceiver(hostname: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/**
 * What the local webhook receiver got, newest first.
 *
 * @returns undefined where there is no receiver at this address.
 * @throws TypeError where nothing answers.
 */
export async function sentMessages(url: string): Promise<SentMessage[] | undefined> {
  const response = await fetch(url, { cache: 'no-store' });
  if (response.status !== 200) return undefined;
  const answer: { messages: { receivedAt: string | number; body: unknown }[] } =
    await response.json();
  return answer.messages.map(({ receivedAt, body }) => ({
    receivedAtMs: new Date(receivedAt).getTime(),
    body: typeof body === 'string' ? parsedOrText(body) : body,
  }));
}

function parsedOrText(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return { text: body };
  }
}
