import { Worker } from 'node:worker_threads';
import type { FunctionSpec } from './function-spec.ts';
import type { InvocationFailure } from './invocation-result.ts';
import type { InvokeMessage, ThrownError, WorkerMessage, WorkerStart } from './worker-messages.ts';

/** A success still as JSON text, or the failure as callers see it. */
export type WorkerReply = { readonly ok: true; readonly payload: string } | InvocationFailure;

/** One execution environment of a function: a worker thread that handles one event at a time. */
export interface FunctionWorker {
  /** Undefined once the bundle is loaded, or why it could not be. */
  readonly started: Promise<ThrownError | undefined>;
  invoke(requestId: string, event: string): Promise<WorkerReply>;
  /** False once the thread has ended, by itself or not. */
  isAlive(): boolean;
  stop(): Promise<void>;
}

/** Lambda gives the first start ten seconds, then tries once more within the function's timeout. */
const startMsMax = 10_000;

interface Running {
  readonly requestId: string;
  readonly settle: (reply: WorkerReply) => void;
}

/** Starts a thread with the function's bundle, environment and memory limit. */
export function startFunctionWorker(
  spec: FunctionSpec,
  onOutput: (output: NodeJS.ReadableStream) => void,
): FunctionWorker {
  const worker = new Worker(new URL('./runtime.ts', import.meta.url), {
    name: spec.name,
    workerData: workerStart(spec),
    env: { ...spec.environment },
    // None of the host's flags; and no word of the loader's in the function's log.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: spec.memoryMb },
  });
  onOutput(worker.stdout);
  onOutput(worker.stderr);

  let alive = true;
  let running: Running | undefined;
  let death: ThrownError | undefined;
  const start = Promise.withResolvers<ThrownError | undefined>();
  const exit = Promise.withResolvers<void>();
  const startTimer = setTimeout(() => {
    death = timeout(startMsMax + spec.timeoutMs);
    void worker.terminate();
  }, startMsMax + spec.timeoutMs);
  startTimer.unref();

  function finish(reply: WorkerReply): void {
    const { settle } = running ?? {};
    running = undefined;
    settle?.(reply);
  }

  worker.on('message', (message: WorkerMessage) => {
    if (message.type === 'ready') start.resolve(undefined);
    else if (message.type === 'start-failed') start.resolve(message.error);
    // From here on only the thread's end settles the invocation, so nobody is given a dying worker.
    else if (message.type === 'crashed') death = message.error;
    else if (death !== undefined) return;
    else if (message.requestId !== running?.requestId) return;
    else if (message.type === 'done') finish({ ok: true, payload: message.payload });
    else finish(failure(message.requestId, message.error));
  });
  worker.on('error', (error: NodeJS.ErrnoException) => {
    death =
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? { errorType: 'Runtime.OutOfMemory', errorMessage: 'Runtime exited: signal: killed' }
        : { errorType: error.name, errorMessage: error.message };
  });
  worker.on('exit', (code) => {
    alive = false;
    clearTimeout(startTimer);
    const reason = death ?? {
      errorType: 'Runtime.ExitError',
      errorMessage: `Runtime exited with error: exit status ${code}`,
    };
    start.resolve(reason);
    if (running !== undefined) finish(failure(running.requestId, reason));
    exit.resolve();
  });
  void start.promise.then(() => clearTimeout(startTimer));

  function invoke(requestId: string, event: string): Promise<WorkerReply> {
    const { promise, resolve } = Promise.withResolvers<WorkerReply>();
    // The caller hears of a timeout when the thread has ended: nothing of it can act any more.
    const timer = setTimeout(() => {
      death = timeout(spec.timeoutMs);
      void worker.terminate();
    }, spec.timeoutMs);
    running = {
      requestId,
      settle: (reply) => {
        clearTimeout(timer);
        resolve(reply);
      },
    };
    const message: InvokeMessage = { requestId, event, deadlineMs: Date.now() + spec.timeoutMs };
    if (alive) worker.postMessage(message);
    else {
      finish(failure(requestId, death ?? { errorType: 'Runtime.ExitError', errorMessage: 'gone' }));
    }
    return promise;
  }

  async function stop(): Promise<void> {
    await worker.terminate();
    await exit.promise;
  }

  return { started: start.promise, invoke, isAlive: () => alive, stop };
}

function workerStart(spec: FunctionSpec): WorkerStart {
  return {
    bundleFile: spec.bundleFile,
    handlerName: spec.handlerName,
    functionName: spec.name,
    functionArn: spec.arn,
    memoryMb: spec.memoryMb,
  };
}

function timeout(ms: number): ThrownError {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `Task timed out after ${(ms / 1000).toFixed(2)} seconds`,
  };
}

function failure(requestId: string, error: ThrownError): InvocationFailure {
  const fromRuntime = /^(Runtime|Sandbox)\./.test(error.errorType);
  return {
    ok: false,
    errorType: error.errorType,
    errorMessage: fromRuntime
      ? `RequestId: ${requestId} Error: ${error.errorMessage}`
      : error.errorMessage,
    timedOut: error.errorType === 'Sandbox.Timedout',
    throttled: false,
    requestId,
  };
}
