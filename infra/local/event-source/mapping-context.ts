import type { Invoke } from '../lambda/invocation-result.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import type { FailureRecord } from './failure-record.ts';
import type { NextFault } from './faults.ts';
import type { KinesisReader } from './kinesis-reader.ts';

/** What the pollers of one mapping share. */
export interface MappingContext {
  readonly mapping: EventSourceMapping;
  readonly kinesis: KinesisReader;
  readonly invoke: Invoke;
  /** Sends to the on-failure destination; tried until it succeeds. */
  readonly onFailure: (record: FailureRecord) => void | Promise<void>;
  readonly log: (line: string) => void;
  readonly now: () => number;
  readonly pauseMsMax: number;
  /** How long records gather before a standard consumer without a filter reads them. */
  readonly gatherMs: number;
  readonly nextFault: NextFault | undefined;
  /** Aborted when the mapping is to stop. */
  readonly signal: AbortSignal;
  readonly counts: MappingCounts;
}

/** Totals since the mapping started. */
export interface MappingCounts {
  /** Records done with: processed, filtered out or given up. */
  records: number;
  invocations: number;
  /** Invocations that failed, wholly or from some record on. */
  errors: number;
  throttles: number;
  /** Records filtered out before any invocation. */
  filtered: number;
  /** Records given up and reported to the on-failure destination. */
  discarded: number;
}
