import { decodeChange } from '../../shared/changes/decode-change.ts';
import { decodeClick } from '../../shared/events/click-source.ts';
import { type DeadLetter, deadLetter } from '../../shared/jobs/dead-letters.ts';
import type { KinesisBatch } from '../../shared/jobs/kinesis-batch.ts';
import { clickDataSet, type LakeDataSet, lakeDataSets } from '../../shared/lake/data-sets.ts';
import { clickRow, lakeRow } from '../../shared/lake/rows.ts';
import type { StreamRecord } from '../../shared/stream/record.ts';
import { type Pack, packBytesMax, packLines } from './packs.ts';

export const consumer = 'land-records';

/** What is to be done with a batch. */
export interface Landing {
  /** Per data set, the records to put into its delivery stream. */
  readonly packs: ReadonlyMap<string, readonly Pack[]>;
  /** Records that cannot land, each with the place in the batch it came from. */
  readonly refused: readonly { readonly recordIndex: number; readonly letter: DeadLetter }[];
}

const dataSets = new Map(
  lakeDataSets
    .filter(({ stream }) => stream === 'shop-changes')
    .map((dataSet) => [dataSet.name, dataSet]),
);

/** What one record is to the lake. */
type Landed =
  | {
      readonly kind: 'row';
      readonly dataSet: LakeDataSet;
      readonly row: ReturnType<typeof lakeRow>;
    }
  | { readonly kind: 'refused'; readonly reason: string }
  | undefined;

/**
 * Decides what becomes of a batch: rows packed per data set and partition, dead letters, the rest
 * left.
 *
 * @param clickstream name of the stream of clicks; any other brings changes.
 */
export function planLanding({ from, records }: KinesisBatch, clickstream: string): Landing {
  const read = from.stream === clickstream ? readClick : readChange;
  const lines = new Map<string, { partition: string; line: string; recordIndex: number }[]>();
  const refused: { recordIndex: number; letter: DeadLetter }[] = [];
  const refuse = (recordIndex: number, record: StreamRecord, reason: string): void => {
    refused.push({ recordIndex, letter: deadLetter(consumer, from, record, reason) });
  };
  for (const [recordIndex, record] of records.entries()) {
    try {
      const landed = read(record);
      if (landed?.kind === 'refused') refuse(recordIndex, record, landed.reason);
      if (landed?.kind !== 'row') continue;
      const { dataSet, row } = landed;
      const text = JSON.stringify(row);
      if (Buffer.byteLength(text) >= packBytesMax) {
        throw new RangeError(
          `Cannot pack row: a Firehose record holds ${packBytesMax} bytes: received ${text.length}`,
        );
      }
      const line = { partition: String(row['_partition']), line: text, recordIndex };
      const ofDataSet = lines.get(dataSet.name);
      if (ofDataSet) ofDataSet.push(line);
      else lines.set(dataSet.name, [line]);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      refuse(recordIndex, record, error.message);
    }
  }
  const packs = new Map<string, readonly Pack[]>();
  for (const [name, rows] of lines) {
    const byPartition = Map.groupBy(rows, ({ partition }) => partition);
    packs.set(
      name,
      [...byPartition.values()].flatMap((ofPartition) => packLines(ofPartition)),
    );
  }
  return { packs, refused };
}

function readChange({ data, arrivalMs }: StreamRecord): Landed {
  const decoded = decodeChange(data);
  if (decoded.kind === 'undecodable') return { kind: 'refused', reason: decoded.reason };
  const dataSet = decoded.kind === 'change' ? dataSets.get(decoded.change.table) : undefined;
  if (decoded.kind !== 'change' || !dataSet) return undefined;
  return { kind: 'row', dataSet, row: lakeRow(dataSet, decoded.change, arrivalMs) };
}

function readClick(record: StreamRecord): Landed {
  const decoded = decodeClick(record);
  if (decoded.kind === 'undecodable') return { kind: 'refused', reason: decoded.reason };
  if (decoded.kind !== 'event') return undefined;
  const row = clickRow(decoded.event, record.arrivalMs);
  return { kind: 'row', dataSet: clickDataSet, row };
}
