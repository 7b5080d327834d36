import { expect, test } from 'vitest';
import { heldOut, learnable, spansOf } from '../../../../cli/evaluate/transactions/protocol.ts';
import type { Transaction } from '../../../../cli/evaluate/transactions/transaction.ts';

const dayMs = 86_400_000;
const week = { trainDays: 7, delayDays: 7, testDays: 7 };

function on(day: number, customer: string, fraud = false): Transaction {
  return {
    id: `${customer} on ${day}`,
    atMs: day * dayMs + 3_600_000,
    entities: { customer },
    amountCents: 100,
    fraud,
    labelledAtMs: undefined,
    pattern: undefined,
  };
}

const spans = spansOf([on(0, 'a'), on(20, 'a')], week, 0);
const cardOf = ({ entities }: Transaction) => entities['customer'];

test('spansOf() begins at the day that is named, else as late as the file allows', () => {
  expect(spans).toEqual({
    trainFromMs: 0,
    delayFromMs: 7 * dayMs,
    testFromMs: 14 * dayMs,
    testToMs: 21 * dayMs,
  });
  expect(spansOf([on(0, 'a'), on(29, 'a')], week).testToMs).toBe(30 * dayMs);
  expect(() => spansOf([on(0, 'a'), on(9, 'a')], week, 0)).toThrow(
    /Cannot evaluate: the file holds/,
  );
});

test('heldOut() leaves out a card from the day on which its fraud is known', () => {
  const transactions = [
    on(3, 'trained', true), // known before the test begins
    on(7, 'delayed', true), // the first day of the delay: known when day 14 is over
    on(9, 'later', true),
    on(13, 'last', true), // known when day 20 is over
    ...[14, 15, 16, 17, 20].flatMap((day) =>
      ['trained', 'delayed', 'later', 'last', 'honest'].map((card) => on(day, card)),
    ),
  ];
  const days = Map.groupBy(
    heldOut(transactions, spans, cardOf),
    ({ entities }) => entities['customer'],
  );
  const daysOf = (card: string) =>
    days.get(card)?.map(({ atMs }) => Math.floor(atMs / dayMs)) ?? [];
  expect(daysOf('trained')).toEqual([]);
  expect(daysOf('delayed')).toEqual([14]);
  expect(daysOf('later')).toEqual([14, 15, 16]);
  expect(daysOf('last')).toEqual([14, 15, 16, 17, 20]);
  expect(daysOf('honest')).toEqual([14, 15, 16, 17, 20]);
});

test('heldOut() and learnable() pass over what nobody has labelled, or not in time', () => {
  const late = { ...on(2, 'c'), labelledAtMs: 15 * dayMs };
  const intime = { ...on(2, 'd'), labelledAtMs: 13 * dayMs };
  const transactions = [
    { ...on(1, 'a'), fraud: undefined },
    on(2, 'b'),
    late,
    intime,
    on(8, 'b'),
    { ...on(14, 'a'), fraud: undefined },
  ];
  expect(heldOut(transactions, spans, cardOf)).toEqual([]);
  expect(learnable(transactions, spans).map(({ entities }) => entities['customer'])).toEqual([
    'b',
    'd',
  ]);
});

test('heldOut() leaves out a card no earlier than the file says that its fraud became known', () => {
  const late = { ...on(3, 'late', true), labelledAtMs: 15.5 * dayMs };
  const never = { ...on(8, 'never', true), labelledAtMs: 30 * dayMs };
  const tests = [14, 15, 16, 20].flatMap((day) => [on(day, 'late'), on(day, 'never')]);
  const held = heldOut([late, never, ...tests], spans, cardOf).map(({ id }) => id);
  expect(held).toEqual([
    'late on 14',
    'never on 14',
    'late on 15',
    'never on 15',
    'never on 16',
    'never on 20',
  ]);
});
