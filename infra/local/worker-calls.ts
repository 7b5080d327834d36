import { setTimeout as wait } from 'node:timers/promises';
import { parentPort, Worker } from 'node:worker_threads';

/** Calls answered by a worker thread, so that what they cost never holds up this one. */
export interface WorkerCalls<Request, Reply> {
  call(request: Request): Promise<Reply>;
  /** Ends the worker, once the calls under way have ended, ten seconds later at the latest. */
  close(): Promise<void>;
}

const closeWaitMsMax = 10_000;

interface Call<Request> {
  readonly id: number;
  readonly request: Request;
}

type Answer<Reply> =
  | { readonly id: number; readonly reply: Reply }
  | { readonly id: number; readonly error: Error };

/**
 * Starts a worker thread from a module that calls {@link answerCalls}. Should it die, its open calls
 * fail and the next call starts another.
 */
export function createWorkerCalls<Request, Reply>(
  module: URL,
  workerData: unknown,
): WorkerCalls<Request, Reply> {
  let worker: Worker | undefined;
  let lastId = 0;
  const open = new Map<number, PromiseWithResolvers<Reply>>();

  function start(): Worker {
    const started = new Worker(module, { workerData });
    started.on('message', (answer: Answer<Reply>) => {
      const waiting = open.get(answer.id);
      open.delete(answer.id);
      if ('error' in answer) waiting?.reject(answer.error);
      else waiting?.resolve(answer.reply);
    });
    const end = (cause: unknown): void => {
      if (worker === started) worker = undefined;
      for (const waiting of open.values()) {
        waiting.reject(new Error(`Cannot finish call: its worker thread ended: ${cause}`));
      }
      open.clear();
    };
    started.on('error', end);
    started.on('exit', (code) => end(`exit code ${code}`));
    return started;
  }

  return {
    call(request) {
      worker ??= start();
      lastId += 1;
      const waiting = Promise.withResolvers<Reply>();
      open.set(lastId, waiting);
      const message: Call<Request> = { id: lastId, request };
      worker.postMessage(message);
      return waiting.promise;
    },
    async close() {
      // A thread ended amid native work (DuckDB's, or compiling WebAssembly) ends the process too.
      const underWay = [...open.values()].map(({ promise }) => promise);
      const late = wait(closeWaitMsMax, undefined, { ref: false });
      await Promise.race([Promise.allSettled(underWay), late]);
      await worker?.terminate();
    },
  };
}

/** Answers the calls of the thread that started this one; several may be under way at once. */
export function answerCalls<Request, Reply>(answer: (request: Request) => Promise<Reply>): void {
  const port = parentPort;
  if (!port) throw new Error('Cannot answer calls: this module runs in a worker thread only');
  port.on('message', ({ id, request }: Call<Request>) => {
    answer(request).then(
      (reply) => port.postMessage({ id, reply }),
      (error: unknown) =>
        port.postMessage({ id, error: error instanceof Error ? error : new Error(String(error)) }),
    );
  });
}
