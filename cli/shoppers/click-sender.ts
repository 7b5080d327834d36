import { z } from 'zod';
import { type ClickEvent, clickSchemaVersion } from '../../shared/events/click.ts';
import { RequestFailed, type ShopClient } from './shop-client.ts';
import type { ShopperCounts } from './shopper-report.ts';

export type Click = Omit<ClickEvent, 'schemaVersion' | 'eventId' | 'occurredAt'>;

/** Collects clicks and sends them in batches, as a shop front does. */
export interface ClickSender {
  add(click: Click): void;
  /** Sends what is left; resolves when nothing is on its way. */
  flush(): Promise<void>;
}

const BATCH_MAX = 100;
const COLLECT_MS = 500;
const taken = z.object({ accepted: z.int() });

/**
 * @param runId begins every event id, so that two runs never share one.
 * @param now epoch milliseconds.
 */
export function clickSender(
  shop: ShopClient,
  counts: ShopperCounts,
  runId: string,
  now: () => number,
): ClickSender {
  let waiting: ClickEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  let last = 0;
  const onTheWay = new Set<Promise<void>>();

  async function send(events: readonly ClickEvent[]): Promise<void> {
    try {
      const request = { method: 'POST', path: '/events', body: { events }, answer: taken } as const;
      counts.clicks((await shop.send(request)).accepted);
    } catch (error) {
      counts.error(error instanceof RequestFailed ? error.kind : 'unreadable');
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
    add(click) {
      const eventId = `${runId}-${++last}`;
      const occurredAt = new Date(now()).toISOString();
      waiting.push({ schemaVersion: clickSchemaVersion, eventId, occurredAt, ...click });
      if (waiting.length >= BATCH_MAX) sendWaiting();
      else timer ??= setTimeout(sendWaiting, COLLECT_MS);
    },
    async flush() {
      sendWaiting();
      await Promise.all(onTheWay);
    },
  };
}
