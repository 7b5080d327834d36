import { expect, test } from 'vitest';
import type { Transaction } from '../../../../cli/evaluate/transactions/transaction.ts';
import { eventsOf } from '../../../../cli/evaluate/transactions/transaction-rows.ts';

function transaction(id: string, atMs: number, over: Partial<Transaction> = {}): Transaction {
  return {
    id,
    atMs,
    entities: { card: '7' },
    amountCents: 100,
    fraud: false,
    labelledAtMs: undefined,
    pattern: undefined,
    ...over,
  };
}

function told(transactions: readonly Transaction[], delayMs: number, fromMs = 0, toMs = 1_000) {
  return [...eventsOf(transactions, { fromMs, toMs, delayMs })].map(
    ({ source, id, atMs }) => `${atMs} ${source} ${id}`,
  );
}

test('eventsOf() tells labels when they are known, at one instant ahead of transactions', () => {
  const late = transaction('c', 30, { labelledAtMs: 90 });
  expect(
    told([transaction('a', 10), transaction('b', 20), late, transaction('d', 60)], 50),
  ).toEqual([
    '10 transaction a',
    '20 transaction b',
    '30 transaction c',
    '60 label a',
    '60 transaction d',
    '70 label b',
    '90 label c',
    '110 label d',
  ]);
});

test('eventsOf() never tells the label of a transaction ahead of it, whatever the file says', () => {
  const dated = transaction('a', 10, { labelledAtMs: 10, fraud: true });
  expect(told([dated], 0)).toEqual(['10 transaction a', '11 label a']);
  expect(told([dated], 50)).toEqual(['10 transaction a', '60 label a']);
});

test('eventsOf() leaves out other times, and labels that nobody gave', () => {
  const unknown = transaction('c', 30, { fraud: undefined });
  const transactions = [transaction('a', 10), transaction('b', 20), unknown, transaction('d', 100)];
  expect(told(transactions, 50, 15, 100)).toEqual([
    '20 transaction b',
    '30 transaction c',
    '60 label a',
    '70 label b',
  ]);
});
