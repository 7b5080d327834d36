import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type ClickEvent, clickBatchMax, clickSchemaVersion } from '../../shared/events/click.ts';
import { RequestFailed, type ShopClient } from '../shoppers/shop-client.ts';
import type { FileClick } from './formats/event-format.ts';
import type { Refusal } from './refusals.ts';

/** A click with its place in the file, and the number its product has in the shop. */
export interface ClickLine extends FileClick {
  readonly line: number;
  readonly productId: number | undefined;
}

export interface ClickPostOptions {
  readonly shop: ShopClient;
  /** Of someone who may tell history. */
  readonly token: string;
  /** Begins every event id: with the line behind it an event is known when it comes again. */
  readonly importId: string;
  readonly isBackfill: boolean;
  refuse(refusal: Refusal): void;
}

const errors = z.array(z.object({ field: z.string(), reason: z.string() }));
const answer = z.object({ accepted: z.int(), errors });
const problem = z.object({ errors });
/** Half a minute in all: a stream that is full has room again by then. */
const pausesMs = [500, 1_000, 2_000, 4_000, 8_000, 16_000];
const passing = new Set(['network', '429', '500', '502', '503', '504']);

/**
 * Sends clicks as a shop front does, again where it may help.
 *
 * @returns how many were taken; the others are refused, each with the reason.
 * @throws RequestFailed when the shop takes none for half a minute.
 */
export async function sendClicks(
  clicks: readonly ClickLine[],
  options: ClickPostOptions,
): Promise<number> {
  let accepted = 0;
  for (let start = 0; start < clicks.length; start += clickBatchMax) {
    accepted += await sendBatch(clicks.slice(start, start + clickBatchMax), options);
  }
  return accepted;
}

async function sendBatch(
  clicks: readonly ClickLine[],
  { shop, token, importId, isBackfill, refuse }: ClickPostOptions,
): Promise<number> {
  const events = clicks.map((click) => eventOf(click, importId, isBackfill));
  const headers = { authorization: `Bearer ${token}` };
  const request = { method: 'POST', path: '/events', body: { events }, headers, answer } as const;
  const refuseAll = (found: z.output<typeof errors>): void => {
    for (const { field, reason } of found) {
      const [, place, ofEvent = 'event'] = /^events\.(\d+)\.?(.*)$/.exec(field) ?? [];
      const line = clicks[Number(place)]?.line ?? clicks[0]?.line ?? 0;
      refuse({ line, field: ofEvent || 'event', reason });
    }
  };
  for (let attempt = 0; ; attempt += 1) {
    try {
      const taken = await shop.send(request);
      refuseAll(taken.errors);
      return taken.accepted;
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      const refused = error.kind === '422' ? problem.safeParse(jsonOf(error.cause)) : undefined;
      if (refused?.success) {
        refuseAll(refused.data.errors);
        return 0;
      }
      const pauseMs = pausesMs[attempt];
      if (!passing.has(error.kind) || pauseMs === undefined) throw error;
      await sleep(pauseMs);
    }
  }
}

function eventOf(click: ClickLine, importId: string, isBackfill: boolean): ClickEvent {
  const { line, type, atMs, session, user, productId, category, consent } = click;
  return {
    schemaVersion: clickSchemaVersion,
    eventId: `${importId}-${line}`,
    ...{ type, occurredAt: new Date(atMs).toISOString(), sessionId: session, consent },
    ...(user !== undefined && { userId: user }),
    ...(productId !== undefined && { productId }),
    ...(category !== undefined && { category }),
    ...(isBackfill && { backfill: true }),
  };
}

function jsonOf(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
