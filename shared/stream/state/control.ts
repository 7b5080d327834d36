import { CodecError } from '../errors.ts';
import type { Attributes, Item } from '../state-store.ts';

/** Version of the packing of everything the engine stores. */
export const codecVersion = 2;

/** Earlier than every event: the watermark of a shard that has not spoken. */
export const beforeAll = Number.MIN_SAFE_INTEGER;

/** What became of the records of a shard so far. */
export interface Counts {
  readonly counted: number;
  readonly late: number;
  readonly duplicate: number;
  readonly future: number;
  readonly quarantined: number;
}

export const noCounts: Counts = { counted: 0, late: 0, duplicate: 0, future: 0, quarantined: 0 };

/** The counts of several shards together. */
export function addCounts(counts: readonly Counts[]): Counts {
  return counts.reduce(
    (sum, more) => ({
      counted: sum.counted + more.counted,
      late: sum.late + more.late,
      duplicate: sum.duplicate + more.duplicate,
      future: sum.future + more.future,
      quarantined: sum.quarantined + more.quarantined,
    }),
    noCounts,
  );
}

/** The control row of one shard: the fence behind which redelivered records have no effect. */
export interface Control {
  readonly version: number;
  /** Last sequence number whose effect is in the state. */
  readonly sequenceNumber: string | undefined;
  readonly watermarkMs: number;
  /** Panes whose lateness ended by then take no more events. */
  readonly sealedMs: number;
  /** Per pane not yet done, the first and the last version that wrote a delta or block into it. */
  readonly panes: ReadonlyMap<number, { readonly first: number; readonly last: number }>;
  /** A tick that waits to be confirmed by a later one. */
  readonly waiting: { readonly atMs: number; readonly arrivalMs: number } | undefined;
  readonly counts: Counts;
  /** Batches passed by while the job was stopped: they are to be read before the next. */
  readonly behind: Behind | undefined;
}

/** How far a shard is to be read before batches are taken as they come. */
export interface Behind {
  /** The highest sequence number known to have passed by. */
  readonly through: string | undefined;
  /** Batches may have passed before the shard had a row to note them in: read to the tip. */
  readonly toTip: boolean;
}

/** The job row: what all shards agree on. */
export interface JobRow {
  readonly version: number;
  /** Global watermark: no event before it is to come. Never falls. */
  readonly floorMs: number;
  /** All panes that ended by then, lateness included, are final and may be removed. */
  readonly doneMs: number;
  /** `stopped` by a person, `parked` by itself because it kept failing. */
  readonly status: JobStatus;
  /** Why it does not run. */
  readonly reason: string | undefined;
  readonly sinceMs: number;
  /** Whether it ever let batches pass: a shard that is seen first after that begins behind. */
  readonly skipped: boolean;
  /** Shards that begin behind are read from the records that arrived then; undefined: from the oldest. */
  readonly fromMs: number | undefined;
  /** Of a run that does not begin with the streams. */
  readonly history: History | undefined;
}

/** What was told to a run ahead of its streams, by records that no stream holds any more. */
export interface History {
  /** Where it begins; undefined: with the oldest fact there is. */
  readonly sinceMs: number | undefined;
  /** Time stands no later than this when the streams join: no event before it is still to come. */
  readonly untilMs: number;
  /** It was told to its end: the streams may join. */
  readonly told: boolean;
}

export type JobStatus = 'running' | 'stopped' | 'parked';

export const newJobRow: JobRow = {
  version: 1,
  floorMs: beforeAll,
  doneMs: beforeAll,
  status: 'running',
  reason: undefined,
  sinceMs: 0,
  skipped: false,
  fromMs: undefined,
  history: undefined,
};

/** The control row as it is stored. */
export function packControl(control: Control): Attributes {
  return {
    codec: codecVersion,
    version: control.version,
    watermarkMs: control.watermarkMs,
    sealedMs: control.sealedMs,
    rest: JSON.stringify({
      sequenceNumber: control.sequenceNumber,
      panes: [...control.panes].map(([pane, { first, last }]) => [pane, first, last]),
      waiting: control.waiting,
      counts: control.counts,
      behind: control.behind,
    }),
  };
}

/** @throws CodecError unless the row was packed by this version. */
export function unpackControl(item: Item): Control {
  const rest: {
    sequenceNumber?: string;
    panes: [number, number, number][];
    waiting?: { atMs: number; arrivalMs: number };
    counts: Counts;
    behind?: Behind;
  } = JSON.parse(textOf(item, 'rest'));
  return {
    version: numberOf(item, 'version'),
    sequenceNumber: rest.sequenceNumber,
    watermarkMs: numberOf(item, 'watermarkMs'),
    sealedMs: numberOf(item, 'sealedMs'),
    panes: new Map(rest.panes.map(([pane, first, last]) => [pane, { first, last }])),
    waiting: rest.waiting,
    counts: rest.counts,
    behind: rest.behind,
  };
}

/** The job row as it is stored. */
export function packJobRow({ version, floorMs, doneMs, ...rest }: JobRow): Attributes {
  return { codec: codecVersion, version, floorMs, doneMs, rest: JSON.stringify(rest) };
}

/** @throws CodecError unless the row was packed by this version. */
export function unpackJobRow(item: Item): JobRow {
  const rest: Omit<JobRow, 'version' | 'floorMs' | 'doneMs'> = JSON.parse(textOf(item, 'rest'));
  return {
    version: numberOf(item, 'version'),
    floorMs: numberOf(item, 'floorMs'),
    doneMs: numberOf(item, 'doneMs'),
    status: rest.status,
    reason: rest.reason,
    sinceMs: rest.sinceMs,
    skipped: rest.skipped,
    fromMs: rest.fromMs,
    history: rest.history,
  };
}

/** @throws CodecError unless the item was packed by this version. */
export function numberOf(item: Item, name: string): number {
  checkCodec(item);
  const value = item.attributes[name];
  if (typeof value === 'number') return value;
  throw broken(item, name);
}

/** @throws CodecError unless the item was packed by this version. */
export function textOf(item: Item, name: string): string {
  checkCodec(item);
  const value = item.attributes[name];
  if (typeof value === 'string') return value;
  throw broken(item, name);
}

function checkCodec(item: Item): void {
  if (item.attributes['codec'] === codecVersion) return;
  throw new CodecError(
    `Cannot read state ${item.pk} ${item.sk}: this program reads codec ${codecVersion}: received ${item.attributes['codec']}. Raise the job's generation to start beside it`,
  );
}

function broken(item: Item, name: string): CodecError {
  return new CodecError(`Cannot read state ${item.pk} ${item.sk}: ${name} is missing`);
}
