import { parentPort, workerData } from 'node:worker_threads';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { type Capture, startCapture } from './capture.ts';
import type { FromThread, ThreadData, ToThread } from './thread-message.ts';

/** The thread that `thread.ts` starts. */
if (parentPort === null) throw new Error('Cannot run capture thread: it has no parent');
const port = parentPort;
const data: ThreadData = workerData;
const flushes = new Map<number, PromiseWithResolvers<void>>();
let flushCount = 0;
let capture: Capture | undefined;

const send = (message: FromThread) => port.postMessage(message);

port.on('message', (message: ToThread) => {
  if (message.type === 'call') {
    void answer(message);
    return;
  }
  const flush = flushes.get(message.id);
  flushes.delete(message.id);
  if (message.error === undefined) flush?.resolve();
  else flush?.reject(new Error(message.error));
});

async function answer({ id, name }: Extract<ToThread, { type: 'call' }>): Promise<void> {
  try {
    if (name === 'drain') await capture?.drain();
    if (name === 'stop') await capture?.stop();
    send({ type: 'answer', id, status: capture?.status(), error: undefined });
  } catch (error) {
    send({ type: 'answer', id, status: undefined, error: textOf(error) });
  }
}

function flushed(): Promise<void> {
  flushCount += 1;
  const flush = Promise.withResolvers<void>();
  flushes.set(flushCount, flush);
  send({ type: 'flush', id: flushCount });
  return flush.promise;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const { endpoint, region, accessKeyId, secretAccessKey } = data.kinesis;
const kinesis = new KinesisClient({
  endpoint,
  region,
  credentials: { accessKeyId, secretAccessKey },
  // The client's own choice is HTTP/2, which costs more and is needed for subscriptions only.
  requestHandler: new NodeHttpHandler(),
});
try {
  capture = await startCapture({
    ...data,
    kinesis,
    flushed,
    log: (line) => send({ type: 'log', line }),
  });
  send({ type: 'started' });
} catch (error) {
  send({ type: 'refused', error: textOf(error) });
  port.close();
}
