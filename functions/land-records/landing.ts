import { decodeChange } from '../../shared/changes/decode-change.ts';
import { type DeadLetter, deadLetter } from '../../shared/jobs/dead-letters.ts';
import type { KinesisBatch } from '../../shared/jobs/kinesis-batch.ts';
import { lakeDataSets } from '../../shared/lake/data-sets.ts';
import { lakeRow } from '../../shared/lake/rows.ts';
import type { StreamRecord } from '../../shared/stream/record.ts';
import { type Pack, packBytesMax, packLines } from './packs.ts';

export const consumer = 'land-records';

/** What is to be done with a batch of changes. */
export interface Landing {
  /** Per data set, the records to put into its delivery stream. */
  readonly packs: ReadonlyMap<string, readonly Pack[]>;
  /** Records that cannot land, each with the place in the batch it came from. */
  readonly refused: readonly { readonly recordIndex: number; readonly letter: DeadLetter }[];
}

const dataSets = new Map(lakeDataSets.map((dataSet) => [dataSet.name, dataSet]));

/** Decides what becomes of a batch: rows packed per data set and partition, dead letters, the rest left. */
export function planLanding({ from, records }: KinesisBatch): Landing {
  const lines = new Map<string, { partition: string; line: string; recordIndex: number }[]>();
  const refused: { recordIndex: number; letter: DeadLetter }[] = [];
  const refuse = (recordIndex: number, record: StreamRecord, reason: string): void => {
    refused.push({ recordIndex, letter: deadLetter(consumer, from, record, reason) });
  };
  for (const [recordIndex, record] of records.entries()) {
    const decoded = decodeChange(record.data);
    if (decoded.kind === 'undecodable') refuse(recordIndex, record, decoded.reason);
    if (decoded.kind !== 'change') continue;
    const dataSet = dataSets.get(decoded.change.table);
    if (!dataSet) continue;
    try {
      const row = lakeRow(dataSet, decoded.change, record.arrivalMs);
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
