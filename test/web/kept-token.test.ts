import { expect, test } from 'vitest';
import { keptToken } from '../../web/kept-token.ts';

/** A tab's storage. */
function tab() {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

test('keptToken() finds the token again after the page was loaded anew, until it is forgotten', () => {
  const storage = tab();
  const before = keptToken(() => storage);
  expect(before.get()).toBeUndefined();
  before.keep('a.b.c');
  const after = keptToken(() => storage);
  expect([before.get(), after.get()]).toEqual(['a.b.c', 'a.b.c']);
  after.forget();
  expect(after.get()).toBeUndefined();
  expect(storage.items.size).toBe(0);
});

test('keptToken() holds it as long as the page stands where the browser keeps nothing', () => {
  const kept = keptToken(() => {
    throw new DOMException('The operation is insecure', 'SecurityError');
  });
  kept.keep('a.b.c');
  expect(kept.get()).toBe('a.b.c');
  kept.forget();
  expect(kept.get()).toBeUndefined();
});
