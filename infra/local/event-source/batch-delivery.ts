import { randomUUID } from 'node:crypto';
import { createBackoff } from './backoff.ts';
import { batchVerdict } from './batch-response.ts';
import { failureRecord, type GiveUpReason } from './failure-record.ts';
import { kinesisEvent } from './kinesis-event.ts';
import type { KinesisRecord } from './kinesis-reader.ts';
import type { MappingContext } from './mapping-context.ts';

/** Consecutive records that go to the function together, and how often they failed as such. */
interface Piece {
  readonly records: readonly KinesisRecord[];
  readonly failures: number;
}

/** What came of one invocation. */
type Outcome =
  | { readonly kind: 'success' }
  | { readonly kind: 'throttled' }
  | { readonly kind: 'failed-from'; readonly index: number; readonly requestId: string }
  | { readonly kind: 'error'; readonly requestId: string };

/** Brings the batches of one shard to the function, each to its end before the next. */
export interface BatchDelivery {
  /**
   * Returns when every record is processed or given up, or when the mapping stops. Until then it
   * retries: the remainder after a partial failure, the halves of a failed batch if the mapping
   * bisects, or the same records again, within the mapping's bounds of attempts and age.
   *
   * A remainder and a half begin with a full budget of attempts, since neither failed as such.
   *
   * @param done called with the last record of each part that is finished, in order.
   */
  deliver(
    records: readonly KinesisRecord[],
    done: (last: KinesisRecord, count: number) => void,
  ): Promise<void>;
}

export function createBatchDelivery(context: MappingContext, shardId: string): BatchDelivery {
  const { mapping, counts, signal } = context;
  const backoff = createBackoff(context.pauseMsMax, signal);

  async function deliver(
    records: readonly KinesisRecord[],
    done: (last: KinesisRecord, count: number) => void,
  ): Promise<void> {
    const pending: Piece[] = [{ records, failures: 0 }];
    const finish = (part: readonly KinesisRecord[]) => {
      const last = part.at(-1);
      if (last !== undefined) done(last, part.length);
    };
    for (let piece = pending.shift(); piece !== undefined; piece = pending.shift()) {
      if (signal.aborted) return;
      const expired = expiredCount(piece.records);
      if (expired > 0) {
        const old = piece.records.slice(0, expired);
        if (!(await giveUp(old, { condition: 'RecordAgeExceeded' }, piece.failures, randomUUID())))
          return;
        finish(old);
        pending.unshift(...remainder(piece, expired, piece.failures));
        continue;
      }
      const outcome = await invokeWith(piece.records);
      if (outcome.kind === 'success') {
        backoff.reset();
        finish(piece.records);
      } else if (outcome.kind === 'throttled') {
        await backoff.pause();
        pending.unshift(piece);
      } else if (outcome.kind === 'failed-from' && outcome.index > 0) {
        backoff.reset();
        finish(piece.records.slice(0, outcome.index));
        pending.unshift(...remainder(piece, outcome.index, 0));
        await backoff.pause();
      } else if (outcome.kind === 'error' && mapping.bisectOnError && piece.records.length > 1) {
        pending.unshift(...halves(piece.records));
        backoff.reset();
        await backoff.pause();
      } else {
        const failures = piece.failures + 1;
        if (mapping.retriesMax >= 0 && failures > mapping.retriesMax) {
          const reason: GiveUpReason = {
            condition: 'RetryAttemptsExhausted',
            functionError: outcome.kind === 'error' ? 'Unhandled' : null,
          };
          if (!(await giveUp(piece.records, reason, failures, outcome.requestId))) return;
          finish(piece.records);
        } else {
          pending.unshift({ records: piece.records, failures });
          await backoff.pause();
        }
      }
    }
  }

  async function invokeWith(records: readonly KinesisRecord[]): Promise<Outcome> {
    counts.invocations += 1;
    const event = kinesisEvent(mapping, shardId, records);
    const result = await context.invoke(mapping.functionName, event);
    if (!result.ok) {
      if (result.throttled) {
        counts.throttles += 1;
        return { kind: 'throttled' };
      }
      counts.errors += 1;
      context.log(
        `${shardId}: ${records.length} records failed: ${result.errorType}: ${result.errorMessage}`,
      );
      return { kind: 'error', requestId: result.requestId };
    }
    if (!mapping.reportsItemFailures) return { kind: 'success' };
    const { requestId } = result;
    const verdict = batchVerdict(
      result.payload,
      records.map(({ sequenceNumber }) => sequenceNumber),
    );
    if (verdict.kind === 'success') return verdict;
    counts.errors += 1;
    if (verdict.kind === 'failed-from') return { ...verdict, requestId };
    context.log(`${shardId}: the answer names no record of the batch, so all of it failed`);
    return { kind: 'error', requestId };
  }

  function expiredCount(records: readonly KinesisRecord[]): number {
    if (mapping.recordAgeMsMax < 0) return 0;
    const oldestMs = context.now() - mapping.recordAgeMsMax;
    const young = records.findIndex((record) => record.approximateArrivalTimestamp >= oldestMs);
    return young < 0 ? records.length : young;
  }

  /** Gives false when the mapping stopped before the destination had the report. */
  async function giveUp(
    records: readonly KinesisRecord[],
    reason: GiveUpReason,
    invokeCount: number,
    requestId: string,
  ): Promise<boolean> {
    const circumstances = { requestId, invokeCount, nowMs: context.now() };
    const report = failureRecord(mapping, shardId, records, reason, circumstances);
    while (!signal.aborted) {
      try {
        await context.onFailure(report);
        counts.discarded += records.length;
        context.log(`${shardId}: gave up ${records.length} records: ${reason.condition}`);
        return true;
      } catch (error) {
        context.log(`${shardId}: the on-failure destination refuses a report: ${String(error)}`);
        await backoff.pause();
      }
    }
    return false;
  }

  return { deliver };
}

function remainder(piece: Piece, from: number, failures: number): Piece[] {
  return from < piece.records.length ? [{ records: piece.records.slice(from), failures }] : [];
}

function halves(records: readonly KinesisRecord[]): Piece[] {
  const middle = Math.ceil(records.length / 2);
  return [records.slice(0, middle), records.slice(middle)].map((half) => ({
    records: half,
    failures: 0,
  }));
}
