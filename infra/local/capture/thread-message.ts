import type { CaptureOptions } from './capture.ts';
import type { CaptureStatus } from './status.ts';

/** How the thread reaches the stream. */
export interface StreamAccess {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What a thread can be given; the rest of the options are messages. */
export type ThreadData = Omit<CaptureOptions, 'kinesis' | 'flushed' | 'log'> & {
  readonly kinesis: StreamAccess;
};

export type CallName = 'status' | 'drain' | 'stop';

export type ToThread =
  | { readonly type: 'call'; readonly id: number; readonly name: CallName }
  /** Answer to `flush`; an error text when it failed. */
  | { readonly type: 'flushed'; readonly id: number; readonly error: string | undefined };

export type FromThread =
  | { readonly type: 'started' }
  | { readonly type: 'refused'; readonly error: string }
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'flush'; readonly id: number }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly status: CaptureStatus | undefined;
      readonly error: string | undefined;
    };
