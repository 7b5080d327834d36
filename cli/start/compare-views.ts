import { z } from 'zod';
import type { KinesisService } from '../../infra/local/kinesis/kinesis.ts';
import { decodeClick } from '../../shared/events/click-source.ts';
import { mostViewedDataSchema } from '../../shared/events/most-viewed.ts';
import type { StreamRecord } from '../../shared/stream/record.ts';
import type { Balance } from './balance.ts';

const pageLimits = { limit: 5_000, bytesMax: 10 * 1024 * 1024 };
/** What arrived earlier may have left the stream, which keeps it for a day. */
const comparedMs = 23 * 3_600_000;

/** A result of the job as it is stored. */
export const mostViewedRow = z.object({
  startMs: z.number(),
  endMs: z.number(),
  data: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(mostViewedDataSchema),
});

type Result = z.output<typeof mostViewedRow>;

/**
 * Holds told views against the clicks that lie in the stream, each counted once: of windows that
 * follow each other the total, and every product that is told of.
 *
 * @param stream name of the stream of clicks.
 * @param late how many views came too late for every window, which is told of elsewhere.
 * @param bounds the time now, and the job's setting for views from the future.
 */
export function compareViews(
  kinesis: KinesisService,
  stream: string,
  results: readonly Result[],
  late: number,
  { nowMs, maxFutureMs }: { readonly nowMs: number; readonly maxFutureMs: number },
): Balance {
  const views = viewsIn(kinesis, stream, maxFutureMs);
  const hasHistory = ({ startMs, endMs }: Result): boolean =>
    views.some(({ atMs, isBackfill }) => isBackfill && atMs >= startMs && atMs < endMs);
  let lost = 0;
  let doubled = 0;
  for (const { startMs, endMs, data } of oneAfterTheOther(results)) {
    // Whether a job has learnt what was told later depends on when it was asked to.
    if (startMs < nowMs - comparedMs || hasHistory({ startMs, endMs, data })) continue;
    const truth = new Map<number, number>();
    let rest = data.views;
    for (const { atMs, productId } of views) {
      if (atMs < startMs || atMs >= endMs) continue;
      truth.set(productId, (truth.get(productId) ?? 0) + 1);
      rest -= 1;
    }
    for (const product of data.products) {
      const difference = product.views - (truth.get(product.productId) ?? 0);
      lost += Math.max(0, -difference);
      doubled += Math.max(0, difference);
      rest -= difference;
    }
    lost += Math.max(0, -rest);
    doubled += Math.max(0, rest);
  }
  return { lost: Math.max(0, lost - late), doubled };
}

interface View {
  readonly atMs: number;
  readonly productId: number;
  readonly isBackfill: boolean;
}

function viewsIn(kinesis: KinesisService, stream: string, maxFutureMs: number): readonly View[] {
  const views = new Map<string, View>();
  for (const { shardId } of kinesis.shards(stream)) {
    let after: string | undefined;
    for (;;) {
      const { records } = kinesis.read(stream, shardId, after, pageLimits);
      const last = records.at(-1);
      if (!last) break;
      after = last.sequenceNumber;
      addViews(
        views,
        records.map(({ sequenceNumber, data, approximateArrivalTimestamp: arrivalMs }) => ({
          sequenceNumber,
          data,
          arrivalMs,
        })),
        maxFutureMs,
      );
    }
  }
  return [...views.values()];
}

function addViews(
  views: Map<string, View>,
  records: readonly StreamRecord[],
  maxFutureMs: number,
): void {
  for (const record of records) {
    const decoded = decodeClick(record);
    if (decoded.kind !== 'event' || decoded.event.type !== 'view') continue;
    const { occurredAtMs: atMs, productId, isBackfill = false } = decoded.event;
    const isFuture = atMs > record.arrivalMs + maxFutureMs;
    if (!isFuture && productId !== null) views.set(decoded.id, { atMs, productId, isBackfill });
  }
}

/** Of windows that overlap some that do not, from the newest on. */
function* oneAfterTheOther(results: readonly Result[]): Iterable<Result> {
  let beginMs = Number.POSITIVE_INFINITY;
  for (const result of results.toSorted((a, b) => b.startMs - a.startMs)) {
    if (result.endMs > beginMs) continue;
    beginMs = result.startMs;
    yield result;
  }
}
