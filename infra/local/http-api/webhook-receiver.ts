import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { HttpRequest } from './http-event.ts';
import { type HttpReply, messageReply } from './proxy-response.ts';

/** What a webhook may do instead of taking a message. */
export type WebhookMishap = 'too-many-requests' | 'error' | 'hang' | 'reset';

export interface WebhookReceiverOptions {
  /** JSON lines of what was received, oldest first. */
  readonly file: string;
  readonly now: () => number;
  /** For tests: what happens to the next message instead of its delivery. */
  readonly nextMishap?: () => WebhookMishap | undefined;
}

/** A Slack-compatible incoming webhook that shows what it got. */
export interface WebhookReceiver {
  /** `POST` takes a message, `GET` lists the last ones, newest first. */
  handle(request: HttpRequest): Promise<HttpReply | 'hang' | 'reset'>;
}

const messagesMax = 50;

const storedMessage = z.object({
  receivedAt: z.number(),
  body: z.record(z.string(), z.unknown()),
});

type StoredMessage = z.output<typeof storedMessage>;

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
const slackMessage = z.looseObject({
  text: z.string().optional(),
  blocks: z.array(z.looseObject({ type: z.string() })).optional(),
  attachments: z.array(z.looseObject({})).optional(),
});

/** Opens the receiver with what it got in earlier runs. */
export async function openWebhookReceiver(
  options: WebhookReceiverOptions,
): Promise<WebhookReceiver> {
  const { file } = options;
  await mkdir(dirname(file), { recursive: true });
  let messages = await readMessages(file);
  let linesOnDisk = 0;
  await rewrite();
  // One write at a time, in the order of arrival.
  let writing: Promise<void> = Promise.resolve();

  async function rewrite(): Promise<void> {
    const draft = `${file}.draft`;
    await writeFile(draft, messages.map(line).join(''));
    await rename(draft, file);
    linesOnDisk = messages.length;
  }

  async function store(message: StoredMessage): Promise<void> {
    messages = [...messages, message].slice(-messagesMax);
    if (linesOnDisk >= 2 * messagesMax) return await rewrite();
    await appendFile(file, line(message));
    linesOnDisk += 1;
  }

  async function receive(request: HttpRequest): Promise<HttpReply | 'hang' | 'reset'> {
    const mishap = options.nextMishap?.();
    if (mishap === 'hang' || mishap === 'reset') return mishap;
    if (mishap === 'error') return text(500, 'internal_error');
    if (mishap === 'too-many-requests') {
      const limited = text(429, 'rate_limited');
      return { ...limited, headers: { ...limited.headers, 'retry-after': '1' } };
    }
    const body = parseMessage(request.body.toString('utf8'));
    if (body === undefined) return text(400, 'invalid_payload');
    const { text: words, blocks = [], attachments = [] } = body;
    if (!words && blocks.length + attachments.length === 0) return text(400, 'no_text');
    const stored = writing.then(() => store({ receivedAt: options.now(), body }));
    writing = stored.catch(() => undefined);
    await stored;
    return text(200, 'ok');
  }

  async function handle(request: HttpRequest): Promise<HttpReply | 'hang' | 'reset'> {
    if (request.method === 'POST') return await receive(request);
    if (request.method !== 'GET') return messageReply(405, 'Method Not Allowed');
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
    return { status: 200, headers, body: JSON.stringify({ messages: messages.toReversed() }) };
  }

  return { handle };
}

function parseMessage(json: string): z.output<typeof slackMessage> | undefined {
  try {
    return slackMessage.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

async function readMessages(file: string): Promise<StoredMessage[]> {
  const contents = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  // A kill may cut the last line; what it said was never acknowledged.
  const whole = contents.split('\n').slice(0, -1);
  return whole.slice(-messagesMax).map((json) => storedMessage.parse(JSON.parse(json)));
}

function line(message: StoredMessage): string {
  return `${JSON.stringify(message)}\n`;
}

function text(status: number, body: string): HttpReply {
  return { status, headers: { 'content-type': 'text/plain;charset=utf-8' }, body };
}
