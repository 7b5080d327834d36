import type { Store, TableDescription } from 'dynalite/db/index.js';

/** The description of an active table; fails with ResourceNotFoundException. */
export function tableNamed(store: Store, name: string): Promise<TableDescription> {
  return new Promise((resolve, reject) => {
    store.getTable(name, true, (error, table) => {
      if (table) resolve(table);
      else
        reject(error ?? new Error(`Cannot read table: the store gave nothing: received ${name}`));
    });
  });
}
