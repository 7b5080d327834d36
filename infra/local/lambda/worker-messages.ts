/** What a worker is told when it starts. */
export interface WorkerStart {
  readonly bundleFile: string;
  readonly handlerName: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
}

/** Host to worker: handle this event. */
export interface InvokeMessage {
  readonly requestId: string;
  /** The event as JSON text. */
  readonly event: string;
  /** Epoch milliseconds at which the host ends the worker. */
  readonly deadlineMs: number;
}

export interface ThrownError {
  readonly errorType: string;
  readonly errorMessage: string;
}

/** Worker to host. */
export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'start-failed'; readonly error: ThrownError }
  | { readonly type: 'done'; readonly requestId: string; readonly payload: string }
  | { readonly type: 'failed'; readonly requestId: string; readonly error: ThrownError }
  | { readonly type: 'crashed'; readonly error: ThrownError };
