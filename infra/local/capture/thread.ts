import { Worker } from 'node:worker_threads';
import type { CaptureStatus } from './status.ts';
import type { CallName, FromThread, ThreadData, ToThread } from './thread-message.ts';

export interface CaptureThreadOptions extends ThreadData {
  /** Resolves when what the stream has acknowledged so far would survive a power cut. */
  readonly flushed: () => Promise<void>;
  readonly log: (line: string) => void;
}

/** `Capture`, asked from another thread. */
export interface CaptureThread {
  status(): Promise<CaptureStatus>;
  drain(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * `startCapture` in a thread of its own: the way from commit to stream does not wait for whatever
 * else this process computes. Takes the same options, the stream as an address.
 */
export async function startCaptureThread(options: CaptureThreadOptions): Promise<CaptureThread> {
  const { flushed, log, ...workerData } = options;
  const worker = new Worker(new URL('./thread-worker.ts', import.meta.url), { workerData });
  const started = Promise.withResolvers<void>();
  const calls = new Map<number, PromiseWithResolvers<CaptureStatus>>();
  let callCount = 0;
  let gone: string | undefined;

  const send = (message: ToThread) => worker.postMessage(message);

  const flush = (id: number) =>
    flushed().then(
      () => send({ type: 'flushed', id, error: undefined }),
      (error) => send({ type: 'flushed', id, error: String(error) }),
    );

  worker.on('message', (message: FromThread) => {
    switch (message.type) {
      case 'started':
        return started.resolve();
      case 'refused':
        return started.reject(new Error(message.error));
      case 'log':
        return log(message.line);
      case 'flush':
        return void flush(message.id);
      case 'answer': {
        const call = calls.get(message.id);
        calls.delete(message.id);
        if (message.status !== undefined) call?.resolve(message.status);
        else call?.reject(new Error(message.error ?? 'Cannot ask capture: it has not started'));
      }
    }
  });
  worker.on('error', (error) => {
    gone = error instanceof Error ? error.message : String(error);
    log(`the capture's thread broke: ${gone}`);
  });
  worker.on('exit', () => {
    gone ??= 'it has ended';
    const error = new Error(`Cannot ask capture: its thread is gone: ${gone}`);
    started.reject(error);
    for (const call of calls.values()) call.reject(error);
    calls.clear();
  });

  async function call(name: CallName): Promise<CaptureStatus> {
    if (gone !== undefined) throw new Error(`Cannot ask capture: its thread is gone: ${gone}`);
    callCount += 1;
    const answer = Promise.withResolvers<CaptureStatus>();
    calls.set(callCount, answer);
    send({ type: 'call', id: callCount, name });
    return await answer.promise;
  }

  await started.promise;
  return {
    status: () => call('status'),
    async drain() {
      await call('drain');
    },
    async stop() {
      if (gone !== undefined) return;
      await call('stop');
      await worker.terminate();
    },
  };
}
