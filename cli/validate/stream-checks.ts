import type { ListedShard, ShardReader } from '../../shared/stream/shard-reader.ts';
import { type Check, counted, fault, notChecked, type Outcome, ok, shown } from './check.ts';
import { type StreamReading, streamReaders } from './stream-readers.ts';

export interface StreamWindow {
  readonly fromMs: number;
  readonly now: () => number;
  /** Of one shard, at most. */
  readonly recordsMax: number;
}

/** A clock ticks every five seconds at most; after this long without one, time stands still. */
const tickAgeMsMax = 60_000;
const spanMsMin = 10_000;

/** What must hold in the last records of every stream; each stream is read once. */
export function streamChecks(shards: ShardReader, window: StreamWindow): readonly Check[] {
  return Object.keys(streamReaders).flatMap((stream): Check[] => {
    let reading: Promise<StreamReading> | undefined;
    const check = (name: string, judge: (read: StreamReading) => Outcome): Check => ({
      area: 'streams',
      name: `${stream}: ${name}`,
      async run() {
        reading ??= readStream(shards, stream, window);
        return judge(await reading);
      },
    });
    const sound = check('every record is as its schema says', soundness);
    const repeats = check('a repeated record says the same', repetition);
    if (stream === 'insights') return [sound, repeats];
    const ticks = check('time goes on', (read) => tickAge(read, window));
    return stream === 'clickstream'
      ? [sound, repeats, ticks]
      : [sound, repeats, check('the changes of a row come in order', order), ticks];
  });
}

/** Of a stream that brought more than is read in this time the last part of it, newest included. */
async function readStream(
  shards: ShardReader,
  stream: string,
  { fromMs, now, recordsMax }: StreamWindow,
): Promise<StreamReading> {
  const listed = await shards.list(stream);
  for (let spanMs = now() - fromMs; ; spanMs /= 2) {
    const reading = streamReaders[stream]?.(now() - spanMs);
    if (reading === undefined) throw new RangeError(`Cannot read stream: received ${stream}`);
    const whole = await readSince(shards, stream, listed, reading, recordsMax);
    if (whole || spanMs < spanMsMin) return reading;
  }
}

/** @returns whether every shard was read to its tip. */
async function readSince(
  shards: ShardReader,
  stream: string,
  listed: readonly ListedShard[],
  reading: StreamReading,
  recordsMax: number,
): Promise<boolean> {
  for (const { shard, closed } of listed) {
    if (!closed) reading.openShards.push(shard);
    let after: string | undefined;
    for (let read = 0; ; ) {
      const page = await shards.read(stream, shard, after, reading.fromMs);
      for (const record of page.records) reading.add(shard, record);
      read += page.records.length;
      after = page.records.at(-1)?.sequenceNumber ?? after;
      if (page.atTip) break;
      if (read >= recordsMax) return false;
    }
  }
  return true;
}

function soundness({ records, unsound, fromMs }: StreamReading): Outcome {
  if (unsound.length > 0) {
    const detail = `${counted(unsound.length, 'record')} of ${records.toLocaleString('en')}`;
    return fault(detail, unsound.slice(0, shown));
  }
  return records === 0
    ? notChecked('no record came in this time')
    : ok(`${counted(records, 'record')} since ${new Date(fromMs).toISOString()}`);
}

/** Copies are allowed: every reader knows a record by its id. */
function repetition({ records, repeated, contradictions }: StreamReading): Outcome {
  if (contradictions.length > 0) {
    return fault(counted(contradictions.length, 'record'), contradictions.slice(0, shown));
  }
  return records === 0
    ? notChecked('no record came in this time')
    : ok(repeated === 0 ? 'none came twice' : `${counted(repeated, 'copy', 'copies')}`);
}

function order({ records, disordered }: StreamReading): Outcome {
  if (disordered.length > 0) {
    return fault(counted(disordered.length, 'change'), disordered.slice(0, shown));
  }
  return records === 0 ? notChecked('no record came in this time') : ok('within every shard');
}

/** Every open shard must be ticked: a job waits for the slowest. */
function tickAge({ openShards, tickMs }: StreamReading, { fromMs, now }: StreamWindow): Outcome {
  const ages = openShards.map((shard) => ({ shard, ageMs: now() - (tickMs.get(shard) ?? fromMs) }));
  const stale = ages.filter(({ ageMs }) => ageMs > tickAgeMsMax);
  const seconds = (ageMs: number): string => `${(ageMs / 1000).toFixed(1)} s`;
  if (stale.length > 0) {
    return fault(
      `${counted(stale.length, 'shard')} of ${openShards.length} without a tick`,
      stale.map(({ shard, ageMs }) => `${shard}: for ${seconds(ageMs)} and more`).slice(0, shown),
    );
  }
  return ok(`the last tick is ${seconds(Math.max(...ages.map(({ ageMs }) => ageMs)))} old`);
}
