import { randomUUID } from 'node:crypto';
import { type EmbeddedMetrics, readFunctionOutput } from './function-output.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import type { FunctionSpec } from './function-spec.ts';
import {
  type InvocationFailure,
  type InvocationResult,
  payloadBytesMax,
  requestTooLarge,
} from './invocation-result.ts';

export interface FunctionHostOptions {
  readonly functions: readonly FunctionSpec[];
  /** Receives every line a function writes. */
  readonly log: (functionName: string, line: string) => void;
  /** Receives the metrics among those lines. */
  readonly onMetrics?: (metrics: EmbeddedMetrics, functionName: string) => void;
}

/** Lambda on this machine: the deployed bundles in worker threads. */
export interface FunctionHost {
  /** Runs a function to its end. Throws only when there is no such function. */
  invoke(functionName: string, event: unknown): Promise<InvocationResult>;
  /** Starts a worker ahead of its first event; throws what keeps the bundle from loading. */
  warm(functionName: string): Promise<void>;
  /** Ends every worker; what still runs fails. */
  close(): Promise<void>;
}

/**
 * Makes the host of all functions of a template.
 *
 * Unlike Lambda it does not freeze a function between events, so timers a handler leaves behind
 * go on; and the clock's zone is the host's, whatever TZ says.
 */
export function createFunctionHost(options: FunctionHostOptions): FunctionHost {
  const pools = new Map<string, FunctionPool>();
  for (const spec of options.functions) {
    const onOutput = (output: NodeJS.ReadableStream) =>
      readFunctionOutput(
        output,
        (line) => options.log(spec.name, line),
        (metrics) => options.onMetrics?.(metrics, spec.name),
      );
    pools.set(spec.name, createFunctionPool(spec, onOutput));
  }

  function poolOf(functionName: string): FunctionPool {
    const pool = pools.get(functionName);
    if (pool !== undefined) return pool;
    throw new Error(`Cannot invoke function: there is none of this name: received ${functionName}`);
  }

  async function invoke(functionName: string, event: unknown): Promise<InvocationResult> {
    const pool = poolOf(functionName);
    const requestId = randomUUID();
    const text = JSON.stringify(event) ?? 'null';
    if (Buffer.byteLength(text) > payloadBytesMax) {
      const message = `Request must be smaller than ${payloadBytesMax} bytes for the InvokeFunction operation`;
      return tooLarge(requestId, requestTooLarge, message);
    }
    const reply = await pool.invoke(requestId, text);
    if (!reply.ok) return reply;
    if (Buffer.byteLength(reply.payload) > payloadBytesMax) {
      const message = `Response payload size exceeded maximum allowed payload size (${payloadBytesMax} bytes).`;
      return tooLarge(requestId, 'Function.ResponseSizeTooLarge', message);
    }
    return { ok: true, payload: JSON.parse(reply.payload), requestId };
  }

  async function close(): Promise<void> {
    await Promise.all([...pools.values()].map((pool) => pool.close()));
  }

  return { invoke, warm: (functionName) => poolOf(functionName).warm(), close };
}

function tooLarge(requestId: string, errorType: string, errorMessage: string): InvocationFailure {
  return { ok: false, errorType, errorMessage, timedOut: false, throttled: false, requestId };
}
