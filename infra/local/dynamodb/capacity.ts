import type { Input } from 'dynalite/db/index.js';
import type { Reply } from './actions.ts';
import { itemBytes } from './item-size.ts';
import type { ItemWrite } from './item-writes.ts';
import type { StagedWrite } from './stage-write.ts';

const writeUnitBytes = 1024;

/** ConsumedCapacity of several writes where the request asks for it; a transaction pays twice. */
export function capacityOf(
  request: Pick<Input, 'ReturnConsumedCapacity'>,
  writes: readonly ItemWrite[],
  staged: readonly StagedWrite[],
  factor: 1 | 2,
): Reply {
  const asked = request.ReturnConsumedCapacity;
  if (asked !== 'TOTAL' && asked !== 'INDEXES') return {};
  const unitsOf = new Map<string, number>();
  for (const [position, { input }] of writes.entries()) {
    const before = staged[position]?.existing;
    const bytes = Math.max(before ? itemBytes(before) : 0, input.Item ? itemBytes(input.Item) : 0);
    const units = factor * Math.max(1, Math.ceil(bytes / writeUnitBytes));
    unitsOf.set(input.TableName, (unitsOf.get(input.TableName) ?? 0) + units);
  }
  return {
    ConsumedCapacity: [...unitsOf].map(([TableName, CapacityUnits]) => ({
      TableName,
      CapacityUnits,
      ...(asked === 'INDEXES' && { Table: { CapacityUnits } }),
    })),
  };
}
