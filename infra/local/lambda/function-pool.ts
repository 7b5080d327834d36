import type { FunctionSpec } from './function-spec.ts';
import { type FunctionWorker, startFunctionWorker, type WorkerReply } from './function-worker.ts';
import type { InvocationFailure } from './invocation-result.ts';
import type { ThrownError } from './worker-messages.ts';

/**
 * The workers of one function: as many as its concurrent invocations need, idle ones reused. An
 * invocation that finds none idle takes the first that is done with another or has started; they
 * start one after another, for a start costs more than most invocations.
 */
export interface FunctionPool {
  invoke(requestId: string, event: string): Promise<WorkerReply>;
  /** Starts a worker if none is idle, and waits until it is ready. */
  warm(): Promise<void>;
  close(): Promise<void>;
}

/** What a laptop can bear; invocations beyond it wait, as AWS would not make them. */
const workersMax = 10;
/** A burst's surplus workers end after this; the last idle one stays warm. */
const idleMsMax = 60_000;
/**
 * Who finds all workers busy waits so long, times their number, before another starts: on a machine
 * that is busy itself a crowd of them is no faster, and takes all its memory.
 */
const surplusAfterMs = 100;

interface IdleWorker {
  readonly worker: FunctionWorker;
  readonly retirement: NodeJS.Timeout;
}

/** A worker to invoke, or why there is none. */
type Found = { readonly worker: FunctionWorker } | { readonly fault: ThrownError };

/** Makes the pool; no thread starts before the first invocation or `warm()`. */
export function createFunctionPool(
  spec: FunctionSpec,
  onOutput: (output: NodeJS.ReadableStream) => void,
): FunctionPool {
  const workers = new Set<FunctionWorker>();
  const waiting: (() => void)[] = [];
  const seeking: ((found: Found) => void)[] = [];
  let isStarting = false;
  let surplusTimer: NodeJS.Timeout | undefined;
  let idle: IdleWorker[] = [];
  let admitted = 0;
  let running = 0;
  let closed = false;

  async function invoke(requestId: string, event: string): Promise<WorkerReply> {
    if (spec.reservedConcurrency !== undefined && admitted >= spec.reservedConcurrency) {
      const refused = refusal(requestId, 'TooManyRequestsException', 'Rate Exceeded.');
      return { ...refused, throttled: true };
    }
    admitted += 1;
    try {
      await place();
      return await invokeOnWorker(requestId, event);
    } finally {
      admitted -= 1;
      leave();
    }
  }

  async function place(): Promise<void> {
    if (running < workersMax) {
      running += 1;
      return;
    }
    // Whoever leaves hands its place on, so `running` stays as it is.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  async function invokeOnWorker(requestId: string, event: string): Promise<WorkerReply> {
    const found = await freeWorker();
    if ('fault' in found)
      return refusal(requestId, found.fault.errorType, found.fault.errorMessage);
    const { worker } = found;
    const reply = await worker.invoke(requestId, event);
    if (worker.isAlive()) free(worker);
    else workers.delete(worker);
    seekMore();
    return reply;
  }

  function freeWorker(): Promise<Found> {
    // Asked here, not at the door: who waited for a place may find the pool closed meanwhile.
    if (closed) return Promise.resolve({ fault: hostClosed });
    const worker = takeIdle();
    if (worker !== undefined) return Promise.resolve({ worker });
    const { promise, resolve } = Promise.withResolvers<Found>();
    seeking.push(resolve);
    seekMore();
    return promise;
  }

  /** To whoever waits longest, else to the idle. */
  function free(worker: FunctionWorker): void {
    const next = seeking.shift();
    if (next === undefined) park(worker);
    else next({ worker });
  }

  function seekMore(): void {
    if (seeking.length === 0 || isStarting) return;
    if (workers.size === 0) void startForSeekers();
    else surplusTimer ??= setTimeout(startForSeekers, surplusAfterMs * workers.size);
  }

  async function startForSeekers(): Promise<void> {
    clearTimeout(surplusTimer);
    surplusTimer = undefined;
    if (closed || isStarting || seeking.length === 0) return;
    isStarting = true;
    const worker = startWorker();
    const fault = await worker.started;
    isStarting = false;
    if (fault === undefined && worker.isAlive()) free(worker);
    else {
      await discard(worker);
      seeking.shift()?.({ fault: fault ?? hostClosed });
    }
    seekMore();
  }

  function startWorker(): FunctionWorker {
    const worker = startFunctionWorker(spec, onOutput);
    workers.add(worker);
    return worker;
  }

  /** The one used last is the warmest. */
  function takeIdle(): FunctionWorker | undefined {
    for (let entry = idle.pop(); entry !== undefined; entry = idle.pop()) {
      clearTimeout(entry.retirement);
      if (entry.worker.isAlive()) return entry.worker;
      workers.delete(entry.worker);
    }
    return undefined;
  }

  function park(worker: FunctionWorker): void {
    const retirement = setTimeout(() => retire(worker), idleMsMax);
    retirement.unref();
    idle.push({ worker, retirement });
  }

  function retire(worker: FunctionWorker): void {
    if (idle.length === 1 && worker.isAlive()) return;
    idle = idle.filter((entry) => entry.worker !== worker);
    void discard(worker);
  }

  async function discard(worker: FunctionWorker): Promise<void> {
    await worker.stop();
    workers.delete(worker);
  }

  async function warm(): Promise<void> {
    if (closed || idle.length > 0) return;
    const worker = startWorker();
    const startFault = await worker.started;
    if (startFault === undefined && worker.isAlive()) return park(worker);
    await discard(worker);
    throw new Error(
      `Cannot start function: ${describe(startFault)}: received ${spec.name} (${spec.bundleFile})`,
    );
  }

  async function close(): Promise<void> {
    closed = true;
    clearTimeout(surplusTimer);
    for (const refuse of seeking.splice(0)) refuse({ fault: hostClosed });
    for (const entry of idle) clearTimeout(entry.retirement);
    idle = [];
    await Promise.all([...workers].map(discard));
  }

  return { invoke, warm, close };
}

const hostClosed: ThrownError = {
  errorType: 'Runtime.HostClosed',
  errorMessage: 'The function host is closed',
};

function describe(fault: ThrownError | undefined): string {
  return fault === undefined ? 'it ended at once' : `${fault.errorType}: ${fault.errorMessage}`;
}

function refusal(requestId: string, errorType: string, errorMessage: string): InvocationFailure {
  const timedOut = errorType === 'Sandbox.Timedout';
  return { ok: false, errorType, errorMessage, timedOut, throttled: false, requestId };
}
