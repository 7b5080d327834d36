import { clicks } from '../../shared/events/click-source.ts';
import { clickDataSet } from '../../shared/lake/data-sets.ts';
import { timestampText } from '../../shared/lake/rows.ts';
import type { ShardReader } from '../../shared/stream/shard-reader.ts';
import { type Lake, numbers } from '../balance/lake-rows.ts';
import { type Check, counted, fault, notChecked, type Outcome, ok } from './check.ts';
import { settled } from './settled.ts';

export interface ClickChecks {
  readonly shards: ShardReader;
  readonly lake: Lake;
  /** Clicks that arrived from then … */
  readonly fromMs: number;
  /** … and before then have had the time to land. */
  readonly settledMs: number;
  readonly recordsMax: number;
}

/** No table holds clicks: what landed is held against what lies in the stream, history left out. */
export function clickChecks(place: ClickChecks): readonly Check[] {
  return [
    {
      area: 'lake',
      name: 'clicks: those of the stream have landed',
      run: () => settled(() => clicksLanded(place)),
    },
  ];
}

async function clicksLanded({ lake, fromMs, settledMs, ...stream }: ClickChecks): Promise<Outcome> {
  if (settledMs <= fromMs) return notChecked('the time that is read is shorter than --settle');
  const put = await clicksBetween(stream, fromMs, settledMs);
  if (put === undefined) return notChecked(`more than ${stream.recordsMax} records in a shard`);
  const [landed = 0] = await numbers(
    lake,
    `select count(distinct ${clickDataSet.primaryKey}) from ${clickDataSet.table}
     where _ts >= timestamp '${timestampText(fromMs)}' and _ts < timestamp '${timestampText(settledMs)}'
       and not is_backfill`,
  );
  if (landed === put)
    return put === 0 ? notChecked('no click came in this time') : ok(counted(put, 'click'));
  const [what, count] = landed < put ? ['not landed', put - landed] : ['never sent', landed - put];
  return fault(`${counted(count, 'click')} of ${put.toLocaleString('en')} ${what}`);
}

/** Undefined where a shard holds more than is read. */
async function clicksBetween(
  { shards, recordsMax }: Pick<ClickChecks, 'shards' | 'recordsMax'>,
  fromMs: number,
  toMs: number,
): Promise<number | undefined> {
  const source = clicks();
  const ids = new Set<string>();
  for (const { shard } of await shards.list(source.stream)) {
    let after: string | undefined;
    for (let read = 0; ; ) {
      const { records, atTip } = await shards.read(source.stream, shard, after, fromMs);
      const arrived = records.filter(({ arrivalMs }) => arrivalMs < toMs);
      for (const decoded of source.decode(arrived)) {
        if (decoded.kind === 'event') ids.add(decoded.id);
      }
      after = records.at(-1)?.sequenceNumber ?? after;
      if (atTip || arrived.length < records.length) break;
      read += records.length;
      if (read >= recordsMax) return undefined;
    }
  }
  return ids.size;
}
