import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type ItemKey,
  RefusedError,
  type StateStore,
  tolerateRefusal,
} from '../../../shared/stream/state-store.ts';

const everything = { from: ' ', to: '~' };

/** What the engine relies on, whatever keeps its state. */
export function stateStoreFeatures(name: string, storeOf: () => StateStore): void {
  const partition = () => ({ table: 'state' as const, pk: randomUUID() });

  describe(`${name} as a StateStore`, () => {
    it('get() gives what was put, and undefined for what was not', async () => {
      const key = { ...partition(), sk: 'a' };
      await storeOf().transact([{ key, put: { text: 'é', number: -1.5, flag: false, empty: '' } }]);
      expect(await storeOf().get(key)).toEqual({
        pk: key.pk,
        sk: 'a',
        attributes: { text: 'é', number: -1.5, flag: false, empty: '' },
      });
      expect(await storeOf().get({ ...key, sk: 'b' })).toBeUndefined();
      expect(await storeOf().get({ ...key, table: 'results' })).toBeUndefined();
    });

    it('transact() replaces an item whole', async () => {
      const key = { ...partition(), sk: 'a' };
      await storeOf().transact([{ key, put: { old: 1, both: 1 } }]);
      await storeOf().transact([{ key, put: { both: 2 } }]);
      expect((await storeOf().get(key))?.attributes).toEqual({ both: 2 });
    });

    it('transact() keeps integers exact as far as a double does', async () => {
      const key = { ...partition(), sk: 'a' };
      const put = { least: Number.MIN_SAFE_INTEGER, most: Number.MAX_SAFE_INTEGER };
      await storeOf().transact([{ key, put }]);
      expect((await storeOf().get(key))?.attributes).toEqual(put);
    });

    it('transact() with a condition that holds happens, in both tables at once', async () => {
      const key = { ...partition(), sk: 'a' };
      const other = { ...key, table: 'results' as const };
      await storeOf().transact([
        { key, condition: { absent: true }, put: { version: 1 } },
        { key: other, put: { version: 10 } },
      ]);
      await storeOf().transact([
        { key, condition: { attribute: 'version', equals: 1 }, put: { version: 2 } },
        { key: other, condition: { attribute: 'version', equals: 10 } },
      ]);
      expect((await storeOf().get(key))?.attributes).toEqual({ version: 2 });
      expect((await storeOf().get(other))?.attributes).toEqual({ version: 10 });
    });

    it.each([
      ['present', { absent: true }],
      ['of another value', { attribute: 'version', equals: 2 }],
      ['without the attribute', { attribute: 'else', equals: 1 }],
      ['of another type', { attribute: 'version', equals: '1' }],
    ] as const)('transact() is refused whole when an item is %s', async (_what, condition) => {
      const of = partition();
      const key = { ...of, sk: 'a' };
      await storeOf().transact([{ key, put: { version: 1 } }]);
      const attempt = storeOf().transact([
        { key: { ...of, sk: 'b' }, put: { version: 1 } },
        { key, condition, put: { version: 9 } },
      ]);
      await expect(attempt).rejects.toBeInstanceOf(RefusedError);
      expect(await storeOf().query(of, everything)).toEqual([
        { pk: of.pk, sk: 'a', attributes: { version: 1 } },
      ]);
    });

    it('transact() is refused when the item of an equality is absent', async () => {
      const key = { ...partition(), sk: 'a' };
      const condition = { attribute: 'version', equals: 1 } as const;
      await expect(storeOf().transact([{ key, condition }])).rejects.toBeInstanceOf(RefusedError);
    });

    it('transact() by many on one version lets one through', async () => {
      const key = { ...partition(), sk: 'a' };
      await storeOf().transact([{ key, put: { version: 1 } }]);
      const condition = { attribute: 'version', equals: 1 } as const;
      const attempts = Array.from({ length: 8 }, (_, by) =>
        tolerateRefusal(() => storeOf().transact([{ key, condition, put: { version: 2, by } }])),
      );
      const happened = await Promise.all(attempts);
      expect(happened.filter((did) => did)).toHaveLength(1);
      expect((await storeOf().get(key))?.attributes['by']).toBe(happened.indexOf(true));
    });

    it('transact() takes 100 items and, as an error of its own, not 101', async () => {
      const of = partition();
      const writes = Array.from({ length: 101 }, (_, index) => ({
        key: { ...of, sk: String(index) },
        put: { index },
      }));
      await storeOf().transact(writes.slice(0, 100));
      expect(await storeOf().query(of, everything)).toHaveLength(100);
      const tooMany = storeOf().transact(writes);
      await expect(tooMany).rejects.toThrow();
      await expect(tooMany).rejects.not.toBeInstanceOf(RefusedError);
    });

    it('transact() refuses nonsense as an error of its own', async () => {
      const key = { ...partition(), sk: 'a' };
      const twice = storeOf().transact([
        { key, put: { version: 1 } },
        { key, put: { version: 2 } },
      ]);
      await expect(twice).rejects.not.toBeInstanceOf(RefusedError);
      await expect(storeOf().transact([{ key }])).rejects.toThrow(
        /Cannot write .* neither a put nor a condition/,
      );
      expect(await storeOf().get(key)).toBeUndefined();
    });

    it('keeps bytes, whatever becomes of the array they came in', async () => {
      const key = { ...partition(), sk: 'a' };
      const bytes = Uint8Array.from({ length: 300 }, (_, at) => at % 256);
      await storeOf().transact([{ key, put: { bytes, none: new Uint8Array() } }]);
      const expected = [...bytes];
      bytes.fill(0);
      const [item] = await storeOf().query(key, everything);
      for (const found of [item, await storeOf().get(key), (await storeOf().getMany([key]))[0]]) {
        const { bytes: kept, none } = found?.attributes ?? {};
        expect(kept).toBeInstanceOf(Uint8Array);
        expect([...(kept as Uint8Array)]).toEqual(expected);
        expect(none).toHaveLength(0);
      }
    });

    it('transact() removes an item, also where it is not there, under its condition', async () => {
      const of = partition();
      const keys = ['a', 'b', 'c'].map((sk) => ({ ...of, sk }));
      const [a, b, c] = keys as [ItemKey, ItemKey, ItemKey];
      await storeOf().transact([a, b].map((key) => ({ key, put: { version: 1 } })));
      const stale = { attribute: 'version', equals: 2 } as const;
      const refused = storeOf().transact([
        { key: a, remove: true },
        { key: b, condition: stale, remove: true },
      ]);
      await expect(refused).rejects.toBeInstanceOf(RefusedError);
      expect(await storeOf().query(of, everything)).toHaveLength(2);
      await storeOf().transact([
        { key: a, remove: true },
        { key: b, condition: { attribute: 'version', equals: 1 }, remove: true },
        { key: c, remove: true },
      ]);
      expect(await storeOf().query(of, everything)).toEqual([]);
      await expect(
        storeOf().transact([{ key: a, put: { version: 1 }, remove: true }]),
      ).rejects.toThrow(/Cannot write .* both a put and a removal/);
    });

    it('getMany() gives items in the order of their keys, of both tables', async () => {
      const of = partition();
      const keys = Array.from({ length: 240 }, (_, index) => ({
        ...of,
        table: index % 3 === 0 ? ('results' as const) : ('state' as const),
        sk: String(index),
      }));
      const stored = keys.filter((_, index) => index % 5 !== 0);
      for (let first = 0; first < stored.length; first += 100) {
        const some = stored.slice(first, first + 100);
        await storeOf().transact(some.map((key) => ({ key, put: { number: Number(key.sk) } })));
      }
      const found = await storeOf().getMany(keys);
      expect(found.map((item) => item?.attributes['number'])).toEqual(
        keys.map((_, index) => (index % 5 === 0 ? undefined : index)),
      );
      expect(await storeOf().getMany([])).toEqual([]);
    });

    it('getMany() gives everything, also where one answer cannot hold it', async () => {
      const of = partition();
      const text = 'x'.repeat(390_000);
      const keys = Array.from({ length: 50 }, (_, index) => ({ ...of, sk: String(index) }));
      for (const key of keys) await storeOf().transact([{ key, put: { text } }]);
      const found = await storeOf().getMany(keys);
      expect(found.every((item) => item?.attributes['text'] === text)).toBe(true);
    });

    it('query() gives a range of one partition in order of sk, both ends included', async () => {
      const of = partition();
      const other = partition();
      for (const sk of ['C#2', 'C#10', 'B', 'C#1', 'D']) {
        await storeOf().transact([{ key: { ...of, sk }, put: { sk: 0 } }]);
        await storeOf().transact([{ key: { ...other, sk }, put: { sk: 0 } }]);
      }
      const found = await storeOf().query(of, { from: 'C#1', to: 'C#2' });
      expect(found.map(({ sk }) => sk)).toEqual(['C#1', 'C#10', 'C#2']);
      expect(new Set(found.map(({ pk }) => pk))).toEqual(new Set([of.pk]));
      expect(await storeOf().query(of, { from: 'E', to: 'F' })).toEqual([]);
      expect(await storeOf().query(partition(), everything)).toEqual([]);
    });

    it('query() gives everything, also where it is larger than one page of 1 MB', async () => {
      const of = partition();
      const text = 'x'.repeat(300_000);
      const names = Array.from({ length: 12 }, (_, index) => String(index).padStart(3, '0'));
      for (const sk of names) await storeOf().transact([{ key: { ...of, sk }, put: { text } }]);
      const found = await storeOf().query(of, everything);
      expect(found.map(({ sk }) => sk)).toEqual(names);
      expect(found.every(({ attributes }) => attributes['text'] === text)).toBe(true);
    });

    it('remove() takes many keys, absent ones and repeated ones among them', async () => {
      const of = partition();
      const keys = Array.from({ length: 60 }, (_, index) => ({ ...of, sk: String(index) }));
      const kept = { ...of, table: 'results' as const, sk: '0' };
      await storeOf().transact([...keys, kept].map((key) => ({ key, put: { here: true } })));
      await storeOf().remove([...keys, { ...of, sk: 'absent' }, ...keys.slice(0, 3)]);
      expect(await storeOf().query(of, everything)).toEqual([]);
      expect(await storeOf().get(kept)).toBeDefined();
      await storeOf().remove([]);
      await storeOf().remove([kept, { ...kept, table: 'state' }]);
      expect(await storeOf().get(kept)).toBeUndefined();
    });
  });
}
