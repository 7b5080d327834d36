import { NotYetError } from '../errors.ts';
import type { EngineParts } from '../parts.ts';
import type { ShardId } from '../record.ts';
import { ancestorsOf } from '../shard-reader.ts';
import {
  beforeAll,
  type Control,
  newJobRow,
  noCounts,
  packControl,
  packJobRow,
  unpackControl,
  unpackJobRow,
} from '../state/control.ts';
import { controlKey, jobKey, type Run } from '../state/layout.ts';
import { tolerateRefusal } from '../state-store.ts';

/**
 * Makes the control row of a shard that is seen for the first time. Its ancestors must have ended,
 * or parent and child would each count one copy of an event; and no seal may pass between the floor
 * it is born under and its birth. Where batches may have passed by, it begins behind.
 *
 * @throws NotYetError when an ancestor has records that are not counted yet.
 */
export async function bear(run: Run, shard: ShardId, parts: EngineParts): Promise<Control> {
  const { store } = parts;
  await requireEndedAncestors(run, shard, parts);
  for (let attempt = 1; ; attempt += 1) {
    const row = await store.get(jobKey(run));
    if (!row) {
      await tolerateRefusal(() =>
        store.transact([
          { key: jobKey(run), condition: { absent: true }, put: packJobRow(newJobRow) },
        ]),
      );
      continue;
    }
    const { version, floorMs, skipped } = unpackJobRow(row);
    const control: Control = {
      version: 1,
      sequenceNumber: undefined,
      watermarkMs: beforeAll,
      sealedMs: floorMs,
      panes: new Map(),
      waiting: undefined,
      counts: noCounts,
      behind: skipped ? { through: undefined, toTip: true } : undefined,
    };
    await tolerateRefusal(() =>
      store.transact([
        { key: controlKey(run, shard), condition: { absent: true }, put: packControl(control) },
        { key: jobKey(run), condition: { attribute: 'version', equals: version } },
      ]),
    );
    const born = await store.get(controlKey(run, shard));
    if (born) return unpackControl(born);
    await parts.backOff(attempt);
  }
}

async function requireEndedAncestors(
  run: Run,
  { stream, shard }: ShardId,
  { store, shards }: EngineParts,
): Promise<void> {
  const listing = await shards.list(stream, shard);
  for (const ancestor of ancestorsOf(listing, shard)) {
    const item = await store.get(controlKey(run, { stream, shard: ancestor }));
    const read = item ? unpackControl(item).sequenceNumber : undefined;
    if (!(await shards.isReadToEnd(stream, ancestor, read))) {
      throw new NotYetError(
        `Cannot start shard ${shard} of ${stream} for ${run.name}: its parent ${ancestor} has records not yet counted`,
      );
    }
  }
}
