import { expect, test } from 'vitest';
import { nameBook } from '../../web/name-book.ts';

/** A book whose shop is asked by hand. */
function rig() {
  const asked: {
    ids: readonly number[];
    answer: (names: [number, string][]) => void;
    fail: () => void;
  }[] = [];
  const clock = { nowMs: 1_000 };
  let news = 0;
  const book = nameBook({
    word: 'Product',
    now: () => clock.nowMs,
    onNews: () => {
      news += 1;
    },
    ask: (ids) =>
      new Promise((resolve, reject) => {
        asked.push({
          ids,
          answer: (names) => resolve(new Map(names)),
          fail: () => reject(new Error()),
        });
      }),
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  return { book, asked, clock, settle, news: () => news };
}

test('nameBook() asks for all that is wanted at once, and says when names have come', async () => {
  const { book, asked, settle, news } = rig();
  expect([3, 1, 3].map(book.nameOf)).toEqual(['Product 3', 'Product 1', 'Product 3']);
  await settle();
  expect(asked.map(({ ids }) => ids)).toEqual([[3, 1]]);
  asked[0]?.answer([[3, 'Lamp']]);
  await settle();
  expect(news()).toBe(1);
  // The shop knows no product 1: it is not asked over and over.
  expect([3, 1].map(book.nameOf)).toEqual(['Lamp', 'Product 1']);
  await settle();
  expect(asked).toHaveLength(1);
});

test('nameBook() asks for a hundred ids at most, and for the rest afterwards', async () => {
  const { book, asked, settle } = rig();
  for (let id = 1; id <= 130; id += 1) book.nameOf(id);
  await settle();
  asked[0]?.answer([]);
  await settle();
  expect(asked.map(({ ids }) => ids.length)).toEqual([100, 30]);
});

test('nameBook() waits before it asks again where nothing answers, and keeps what it knows meanwhile', async () => {
  const { book, asked, clock, settle } = rig();
  book.nameOf(7);
  await settle();
  asked[0]?.fail();
  await settle();
  book.nameOf(7);
  await settle();
  expect(asked).toHaveLength(1);
  clock.nowMs += 30_000;
  book.nameOf(7);
  await settle();
  asked[1]?.answer([[7, 'Chair']]);
  await settle();
  expect(book.nameOf(7)).toBe('Chair');
  clock.nowMs += 600_000;
  expect(book.nameOf(7)).toBe('Chair');
  await settle();
  expect(asked).toHaveLength(3);
});
