import type { FunctionSpec } from './function-spec.ts';
import { type FunctionWorker, startFunctionWorker, type WorkerReply } from './function-worker.ts';
import type { InvocationFailure } from './invocation-result.ts';
import type { ThrownError } from './worker-messages.ts';

/** The workers of one function: as many as its concurrent invocations need, idle ones reused. */
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

interface IdleWorker {
  readonly worker: FunctionWorker;
  readonly retirement: NodeJS.Timeout;
}

/** Makes the pool; no thread starts before the first invocation or `warm()`. */
export function createFunctionPool(
  spec: FunctionSpec,
  onOutput: (output: NodeJS.ReadableStream) => void,
): FunctionPool {
  const workers = new Set<FunctionWorker>();
  const waiting: (() => void)[] = [];
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
    // Asked here, not at the door: who waited for a place may find the pool closed meanwhile.
    if (closed) return refusal(requestId, 'Runtime.HostClosed', 'The function host is closed');
    const worker = takeIdle() ?? startWorker();
    const startFault = await worker.started;
    if (startFault !== undefined) {
      await discard(worker);
      return refusal(requestId, startFault.errorType, startFault.errorMessage);
    }
    const reply = await worker.invoke(requestId, event);
    if (worker.isAlive()) park(worker);
    else workers.delete(worker);
    return reply;
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
    for (const entry of idle) clearTimeout(entry.retirement);
    idle = [];
    await Promise.all([...workers].map(discard));
  }

  return { invoke, warm, close };
}

function describe(fault: ThrownError | undefined): string {
  return fault === undefined ? 'it ended at once' : `${fault.errorType}: ${fault.errorMessage}`;
}

function refusal(requestId: string, errorType: string, errorMessage: string): InvocationFailure {
  const timedOut = errorType === 'Sandbox.Timedout';
  return { ok: false, errorType, errorMessage, timedOut, throttled: false, requestId };
}
