import type { Done, Item, Store } from 'dynalite/db/index.js';
import { itemsPrefix } from './key-space.ts';
import { tableNamed } from './tables.ts';

/**
 * The store as dynalite's reading actions see it: tables and single items come at once. That is
 * faster than a hop to another thread and back, and what an action throws then fails its call;
 * thrown from a later callback it would end the process.
 */
export function readView(store: Store): Store {
  return {
    ...store,
    getTable: (name, done) => done(null, tableNamed(store, name)),
    getItemDb: (table) => ({
      ...store.getItemDb(table),
      get: (key: string, done: Done<Item>) =>
        done(null, store.db.getSync<Item>(itemsPrefix(table) + key)),
    }),
  };
}
