import { z } from 'zod';
import { type ClickEvent, clickSchemaVersion } from '../../shared/events/click.ts';
import { RequestFailed, type ShopClient } from './shop-client.ts';
import type { ShopperCounts } from './shopper-report.ts';

export type Click = Omit<ClickEvent, 'schemaVersion' | 'eventId' | 'occurredAt' | 'backfill'>;

/** Collects clicks and sends them in batches, as a shop front does. */
export interface ClickSender {
  /** @param atMs when it happened, epoch milliseconds. */
  add(click: Click, atMs: number): void;
  /** Sends what is left; resolves when nothing is on its way. */
  flush(): Promise<void>;
}

/** Whose clicks they are. */
export interface ClickSenderOptions {
  /** Begins every event id, so that two runs never share one. */
  readonly runId: string;
  /** Of an operator, who may tell history; undefined: the clicks are of now. */
  readonly historyToken: string | undefined;
}

const BATCH_MAX = 100;
const COLLECT_MS = 500;
const taken = z.object({ accepted: z.int() });

export function clickSender(
  shop: ShopClient,
  counts: ShopperCounts,
  { runId, historyToken }: ClickSenderOptions,
): ClickSender {
  const history = historyToken === undefined ? {} : { backfill: true as const };
  let waiting: ClickEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  let last = 0;
  const onTheWay = new Set<Promise<void>>();

  async function send(events: readonly ClickEvent[]): Promise<void> {
    const request = { method: 'POST', path: '/events', token: historyToken } as const;
    try {
      const { accepted } = await shop.send({ ...request, body: { events }, answer: taken });
      counts.add('clicksSent', accepted);
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      counts.error(error.kind);
    }
  }

  function sendWaiting(): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const sending = send(waiting).finally(() => onTheWay.delete(sending));
    onTheWay.add(sending);
    waiting = [];
  }

  return {
    add(click, atMs) {
      const eventId = `${runId}-${++last}`;
      const occurredAt = new Date(atMs).toISOString();
      const schemaVersion = clickSchemaVersion;
      waiting.push({ schemaVersion, eventId, occurredAt, ...click, ...history });
      if (waiting.length >= BATCH_MAX) sendWaiting();
      else timer ??= setTimeout(sendWaiting, COLLECT_MS);
    },
    async flush() {
      sendWaiting();
      await Promise.all(onTheWay);
    },
  };
}
