import type { Store, TableDescription } from 'dynalite/db/index.js';
import { DynamoError } from './dynamo-error.ts';
import { tablesPrefix } from './key-space.ts';

/** The description of an active table; throws ResourceNotFoundException. */
export function tableNamed(store: Store, name: string): TableDescription {
  const table = store.db.getSync<TableDescription>(tablesPrefix + name);
  if (table === undefined || table.TableStatus === 'CREATING' || table.TableStatus === 'DELETING') {
    throw new DynamoError(
      'ResourceNotFoundException',
      `Requested resource not found: Table: ${name} not found`,
    );
  }
  return table;
}
