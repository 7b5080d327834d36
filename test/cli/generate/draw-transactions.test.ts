import { expect, test } from 'vitest';
import { drawTransactions } from '../../../cli/generate/draw-transactions.ts';
import { csvOf } from '../../../cli/generate/transactions.ts';
import { createRandom } from '../../../shared/random/random.ts';

const plan = { customers: 400, terminals: 800, days: 60 };
const drawn = drawTransactions(plan, createRandom(3));
const rows = Array.from({ length: drawn.count }, (_, row) => ({
  second: drawn.seconds[row] ?? 0,
  customer: drawn.customers[row] ?? 0,
  terminal: drawn.terminals[row] ?? 0,
  cents: drawn.cents[row] ?? 0,
  scenario: drawn.scenarios[row] ?? 0,
}));

test('drawTransactions() draws the same for the same seed', () => {
  expect(drawTransactions(plan, createRandom(3))).toEqual(drawn);
  expect(drawTransactions(plan, createRandom(4)).count).not.toBe(drawn.count);
});

test('drawTransactions() draws two a day for a customer on the average, in order, around noon', () => {
  expect(drawn.count / (plan.customers * plan.days)).toBeGreaterThan(1.6);
  expect(drawn.count / (plan.customers * plan.days)).toBeLessThan(2.2);
  expect(drawn.seconds).toEqual(drawn.seconds.toSorted());
  const noon = rows.reduce((sum, { second }) => sum + (second % 86_400), 0) / rows.length;
  expect(Math.abs(noon - 43_200)).toBeLessThan(600);
});

test('drawTransactions() lets customers buy at terminals near them only', () => {
  const visited = Map.groupBy(rows, ({ customer }) => customer);
  for (const ofCustomer of visited.values()) {
    const terminals = new Set(ofCustomer.map(({ terminal }) => terminal));
    // 800 terminals on the square, of which a circle of radius 5 holds 6.3 on the average.
    expect(terminals.size).toBeLessThan(30);
  }
});

test('drawTransactions() calls fraud what is dear, broken into or leaked, and nothing else', () => {
  expect(rows.filter(({ cents, scenario }) => cents > 22_000 && scenario === 0)).toEqual([]);
  expect(rows.every(({ cents, scenario }) => scenario !== 1 || cents > 22_000)).toBe(true);
  for (const scenario of [2, 3]) {
    expect(rows.some((row) => row.scenario === scenario)).toBe(true);
  }
  // A broken terminal is fraudulent for everybody: four weeks without an honest sale.
  const broken = rows.filter(({ scenario }) => scenario === 2);
  for (const { terminal, second } of broken.slice(0, 50)) {
    const sameDay = rows.filter(
      (row) =>
        row.terminal === terminal &&
        Math.floor(row.second / 86_400) === Math.floor(second / 86_400),
    );
    expect(sameDay.every(({ scenario }) => scenario !== 0)).toBe(true);
  }
});

test('csvOf() writes a line for each under the names of the Handbook', () => {
  const lines = [...csvOf(drawn)].join('').trimEnd().split('\n');
  expect(lines).toHaveLength(drawn.count + 1);
  expect(lines[0]).toBe(
    'TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_TIME_SECONDS,TX_TIME_DAYS,TX_FRAUD,TX_FRAUD_SCENARIO',
  );
  expect(lines[1]).toMatch(/^0,2018-04-01 \d\d:\d\d:\d\d,\d+,\d+,\d+\.\d\d,\d+,0,[01],[0-3]$/);
});
