import { decodeChange } from '../../shared/changes/decode-change.ts';
import { decodeClick } from '../../shared/events/click-source.ts';
import { parseInsight } from '../../shared/events/insight-types.ts';
import { type DeadLetter, deadLetter } from '../../shared/jobs/dead-letters.ts';
import type { KinesisBatch } from '../../shared/jobs/kinesis-batch.ts';
import { clickDataSet, type LakeDataSet, lakeDataSets } from '../../shared/lake/data-sets.ts';
import { insightDataSet, insightRow } from '../../shared/lake/insights.ts';
import { clickRow, type LakeRow, lakeRow } from '../../shared/lake/rows.ts';
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
      readonly row: LakeRow;
    }
  | { readonly kind: 'refused'; readonly reason: string }
  | undefined;

/** A row on its way, and the place in the batch it came from. */
interface Line {
  readonly row: LakeRow;
  readonly line: string;
  readonly recordIndex: number;
}

/** The streams that bring something else than changes, by their physical names. */
interface StreamNames {
  readonly clickstream: string;
  readonly insights: string;
}

/**
 * Decides what becomes of a batch: rows packed per data set and partition, dead letters, the rest
 * left. Of the revisions of one insight only the last of the batch lands: it says all that the
 * others said.
 */
export function planLanding({ from, records }: KinesisBatch, names: StreamNames): Landing {
  const { stream } = from;
  const read =
    stream === names.clickstream ? readClick : stream === names.insights ? readInsight : readChange;
  const lines = new Map<string, Line[]>();
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
      const ofDataSet = lines.get(dataSet.name) ?? [];
      ofDataSet.push({ row, line: text, recordIndex });
      lines.set(dataSet.name, ofDataSet);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      refuse(recordIndex, record, error.message);
    }
  }
  const packs = new Map<string, readonly Pack[]>();
  for (const [name, all] of lines) {
    const rows = name === insightDataSet.name ? newestRevisions(all) : all;
    const byPartition = Map.groupBy(rows, ({ row }) => String(row['_partition']));
    packs.set(
      name,
      [...byPartition.values()].flatMap((ofPartition) => packLines(ofPartition)),
    );
  }
  return { packs, refused };
}

/** All parts of the highest revision of each result. */
function newestRevisions(lines: readonly Line[]): Line[] {
  const resultOf = ({ row }: Line): string => `${row['generation']} ${row['result_id']}`;
  const newest = new Map<string, number>();
  for (const line of lines) {
    const [result, revision] = [resultOf(line), Number(line.row['revision'])];
    newest.set(result, Math.max(revision, newest.get(result) ?? 0));
  }
  return lines.filter((line) => line.row['revision'] === newest.get(resultOf(line)));
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

const decoder = new TextDecoder('utf-8', { fatal: true });

function readInsight({ data, arrivalMs }: StreamRecord): Landed {
  let json: unknown;
  try {
    json = JSON.parse(decoder.decode(data));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'refused', reason: `not JSON: ${reason}` };
  }
  return { kind: 'row', dataSet: insightDataSet, row: insightRow(parseInsight(json), arrivalMs) };
}
