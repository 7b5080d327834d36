import type { Job } from '../../shared/stream/job.ts';
import type { StreamRecord } from '../../shared/stream/record.ts';
import type { Decoded, Source } from '../../shared/stream/source.ts';

/** A record of a history, and the stream it was of. */
export interface HistoryRecord {
  readonly stream: string;
  readonly record: StreamRecord;
}

/** What one stream has in a part of a history, read. */
interface StreamPart<Event> {
  readonly records: readonly StreamRecord[];
  readonly decoded: readonly Decoded<Event>[];
}

/** By stream, in the order in which they are to be taken; one that has nothing in it is there, too. */
type HistoryPart<Event> = ReadonlyMap<string, StreamPart<Event>>;

/**
 * Cuts a history into parts of which a job can take stream after stream. A window counts the same
 * whatever comes first; a rule that remembers sees the events of each of its keys in their order, so
 * a part ends before an event whose key a stream that is taken later has had.
 *
 * @param told in order of time.
 */
export function historyParts<Event>(
  job: Job<Event>,
  told: readonly HistoryRecord[],
): readonly HistoryPart<Event>[] {
  // What people look at leads to what they do: taken first, clicks make few parts.
  const sources = job.sources.toSorted((a, b) => rankOf(a) - rankOf(b));
  const read = new Map(sources.map((source) => [source.stream, readAll(source, told)]));
  const keysOf = (decoded: Decoded<Event>) =>
    job.kind === 'keyed' && decoded.kind === 'event' ? job.keys(decoded.event) : [];
  const parts: HistoryPart<Event>[] = [];
  let open = newPart(sources);
  let had = new Map<string, number>();
  for (const { stream } of told) {
    const next = read.get(stream)?.next();
    if (next === undefined || next.done) continue;
    const [record, decoded] = next.value;
    const place = sources.findIndex((source) => source.stream === stream);
    const keys = keysOf(decoded);
    if (keys.some((key) => (had.get(key) ?? 0) > place)) {
      parts.push(open);
      open = newPart(sources);
      had = new Map();
    }
    for (const key of keys) had.set(key, Math.max(place, had.get(key) ?? 0));
    open.get(stream)?.records.push(record);
    open.get(stream)?.decoded.push(decoded);
  }
  return [...parts, open];
}

function rankOf({ stream }: { readonly stream: string }): number {
  return stream === 'clickstream' ? 0 : 1;
}

function newPart<Event>(sources: readonly Source<Event>[]) {
  const nothing = () => ({ records: [] as StreamRecord[], decoded: [] as Decoded<Event>[] });
  return new Map(sources.map(({ stream }) => [stream, nothing()]));
}

function* readAll<Event>(
  source: Source<Event>,
  told: readonly HistoryRecord[],
): Generator<readonly [StreamRecord, Decoded<Event>], undefined> {
  const records = told.flatMap(({ stream, record }) => (stream === source.stream ? [record] : []));
  const decoded = source.decode(records);
  for (const [place, record] of records.entries()) {
    yield [record, decoded[place] ?? { kind: 'ignored' }];
  }
}
