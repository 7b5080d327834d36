import type { StreamRecord } from '../../../shared/stream/record.ts';
import { compareSequenceNumbers } from '../../../shared/stream/record.ts';
import type { ShardReader } from '../../../shared/stream/shard-reader.ts';

interface TapedShard {
  readonly shard: string;
  readonly parents: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly records: StreamRecord[];
}

/** Streams that were recorded ahead; how much of them there is follows from the time. */
export class Tape {
  readonly #pageMax: number;
  readonly #streams = new Map<string, TapedShard[]>();

  constructor(pageMax: number) {
    this.#pageMax = pageMax;
  }

  /** A stream whose one shard is split in two at a time. */
  split(stream: string, atMs: number): void {
    const begin = { parents: [], fromMs: Number.NEGATIVE_INFINITY, toMs: atMs };
    const child = { parents: ['0'], fromMs: atMs, toMs: Number.POSITIVE_INFINITY };
    this.#streams.set(stream, [
      { ...begin, shard: '0', records: [] },
      { ...child, shard: '1', records: [] },
      { ...child, shard: '2', records: [] },
    ]);
  }

  /** Equal keys come by the same shard. */
  put(stream: string, text: string, arrivalMs: number, key: string): void {
    const open = this.#openAt(stream, arrivalMs);
    const shard = open[[...key].reduce((sum, one) => sum + one.charCodeAt(0), 0) % open.length];
    if (shard) add(shard, text, arrivalMs);
  }

  /** Into every shard that is open then. */
  tick(stream: string, text: string, arrivalMs: number): void {
    for (const shard of this.#openAt(stream, arrivalMs)) add(shard, text, arrivalMs);
  }

  /** What a reader of that time sees. */
  reader(now: () => number): ShardReader {
    const seen = (stream: string, shard: string): readonly StreamRecord[] => {
      const taped = this.#shardsOf(stream).find((one) => one.shard === shard);
      const arrived = taped?.records.filter(({ arrivalMs }) => arrivalMs <= now()) ?? [];
      return arrived
        .toSorted((a, b) => a.arrivalMs - b.arrivalMs)
        .map((record, index) => ({ ...record, sequenceNumber: String(index + 1) }));
    };
    const after = (records: readonly StreamRecord[], sequenceNumber: string | undefined) =>
      records.filter(
        (record) =>
          sequenceNumber === undefined ||
          compareSequenceNumbers(record.sequenceNumber, sequenceNumber) > 0,
      );
    return {
      list: async (stream) =>
        this.#shardsOf(stream)
          .filter(({ fromMs }) => fromMs <= now())
          .map(({ shard, parents, toMs }) => ({ shard, parents, closed: toMs <= now() })),
      isReadToEnd: async (stream, shard, sequenceNumber) => {
        const taped = this.#shardsOf(stream).find((one) => one.shard === shard);
        const isClosed = taped !== undefined && taped.toMs <= now();
        return isClosed && after(seen(stream, shard), sequenceNumber).length === 0;
      },
      read: async (stream, shard, sequenceNumber, fromMs) => {
        const left = after(seen(stream, shard), sequenceNumber).filter(
          ({ arrivalMs }) =>
            sequenceNumber !== undefined || fromMs === undefined || arrivalMs >= fromMs,
        );
        return { records: left.slice(0, this.#pageMax), atTip: left.length <= this.#pageMax };
      },
    };
  }

  #openAt(stream: string, atMs: number): readonly TapedShard[] {
    return this.#shardsOf(stream).filter(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
  }

  #shardsOf(stream: string): readonly TapedShard[] {
    const known = this.#streams.get(stream);
    if (known) return known;
    this.split(stream, Number.POSITIVE_INFINITY);
    return this.#shardsOf(stream);
  }
}

function add({ records }: TapedShard, text: string, arrivalMs: number): void {
  records.push({ sequenceNumber: '0', data: Buffer.from(text), arrivalMs });
}
