/** What came of one invocation, in the terms Lambda's callers see. */
export type InvocationResult = InvocationSuccess | InvocationFailure;

export interface InvocationSuccess {
  readonly ok: true;
  /** What the handler returned, through JSON and back as on Lambda; nothing becomes null. */
  readonly payload: unknown;
  readonly requestId: string;
}

export interface InvocationFailure {
  readonly ok: false;
  readonly errorType: string;
  readonly errorMessage: string;
  readonly timedOut: boolean;
  /** The function was not run at all: its reserved concurrency is taken. */
  readonly throttled: boolean;
  readonly requestId: string;
}

/** Runs a function by its name; how it failed is a result, not an exception. */
export type Invoke = (functionName: string, event: unknown) => Promise<InvocationResult>;

/** 6 MB for events and for responses: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const payloadBytesMax = 6 * 1024 * 1024;

/** The error type of an event above {@link payloadBytesMax}. */
export const requestTooLarge = 'RequestTooLargeException';
