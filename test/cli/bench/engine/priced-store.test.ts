import { expect, it } from 'vitest';
import { PricedStore } from '../../../../cli/bench/engine/priced-store.ts';
import { MemoryStore } from '../../../../shared/state/memory-store.ts';

const key = { table: 'state', pk: 'p', sk: 's' } as const;
/** Names and values of the key and of `a` take seven bytes. */
const put = (bytes: number) => ({ a: 'x'.repeat(bytes - 7) });

it('PricedStore charges two units for each started KB in a transaction, one beside it', async () => {
  const store = new PricedStore(new MemoryStore());
  await store.transact([{ key, put: put(1024) }]);
  expect(store.take()).toEqual({ writeUnits: 2, readUnits: 0, bytes: 1024, transactions: 1 });
  await store.transact([
    { key, put: put(1025) },
    { key: { ...key, sk: 't' }, condition: { absent: true } },
  ]);
  expect(store.take()).toMatchObject({ writeUnits: 4 + 2 });
  await store.transact([{ key, put: put(10) }]);
  expect(store.take()).toMatchObject({ writeUnits: 4, bytes: 10 });
  await store.transact([{ key, remove: true }]);
  expect(store.take()).toMatchObject({ writeUnits: 2, bytes: 0 });
  await store.remove([key]);
  expect(store.take()).toMatchObject({ writeUnits: 1, transactions: 0 });
});

it('PricedStore charges a unit for each started 4 KB that is read together', async () => {
  const store = new PricedStore(new MemoryStore());
  await store.transact([{ key, put: put(4097) }]);
  store.take();
  await store.get(key);
  await store.getMany([key, { ...key, sk: 't' }]);
  await store.query(key, { from: 'a', to: 'z' });
  expect(store.take()).toMatchObject({ readUnits: 2 + 3 + 2, writeUnits: 0 });
});
