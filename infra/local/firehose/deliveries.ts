import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { PutObject } from '../put-object.ts';
import { createWorkerCalls } from '../worker-calls.ts';
import type { DeliveryStream } from './delivery-stream.ts';
import type { DeliveryRequest } from './delivery-worker.ts';
import type { StagedObject } from './segment-objects.ts';
import type { Segment } from './segments.ts';

/** Delivers segments one after the other, in a thread of its own, until each has arrived. */
export interface Deliveries {
  add(stream: DeliveryStream, segment: Segment): void;
  /** Resolves when everything added so far has been delivered; rejects when the next try fails. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

const retryFirstMs = 500;
const retryMaxMs = 30_000;

/**
 * A segment's file is removed only after its objects are stored. A crash in between stores them
 * again, under the same keys.
 */
export function createDeliveries(
  stagingDirectory: string,
  putObject: PutObject,
  report: (message: string) => void,
): Deliveries {
  const worker = createWorkerCalls<DeliveryRequest, readonly StagedObject[]>(
    new URL('./delivery-worker.ts', import.meta.url),
    undefined,
  );
  const pending: { stream: DeliveryStream; segment: Segment }[] = [];
  let running: Promise<void> | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  let retryMs = retryFirstMs;
  let closed = false;

  async function deliver(stream: DeliveryStream, segment: Segment): Promise<void> {
    const objects = await worker.call({ stream, segment, stagingDirectory });
    for (const { key, file } of objects) await putObject(stream.bucket, key, { file });
    await rm(segment.file);
    await Promise.all(objects.map(({ file }) => rm(file)));
  }

  async function deliverAll(): Promise<void> {
    for (let next = pending[0]; next !== undefined; next = pending[0]) {
      await deliver(next.stream, next.segment);
      pending.shift();
      retryMs = retryFirstMs;
    }
  }

  function start(): Promise<void> {
    clearTimeout(retryTimer);
    running ??= deliverAll().finally(() => {
      running = undefined;
    });
    return running;
  }

  function startAndRetry(): void {
    start().catch((error: unknown) => {
      if (closed) return;
      const name = path.basename(pending[0]?.segment.file ?? '');
      report(`Cannot deliver ${pending[0]?.stream.name} ${name}, trying again: ${error}`);
      clearTimeout(retryTimer);
      retryTimer = setTimeout(startAndRetry, retryMs);
      retryMs = Math.min(retryMaxMs, retryMs * 2);
    });
  }

  return {
    add(stream, segment) {
      pending.push({ stream, segment });
      startAndRetry();
    },
    async drain() {
      while (pending.length > 0) await start();
    },
    async close() {
      closed = true;
      clearTimeout(retryTimer);
      await worker.close();
    },
  };
}
