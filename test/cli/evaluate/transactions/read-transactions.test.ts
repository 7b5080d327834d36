import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  readTransactions,
  type TransactionColumns,
} from '../../../../cli/evaluate/transactions/read-transactions.ts';
import { collectRefusals } from '../../../../cli/import/refusals.ts';

const usual: TransactionColumns = { maps: [], entities: new Map() };

async function read(lines: readonly string[], columns = usual) {
  const file = path.join(tmpdir(), `transactions-${process.pid}.csv`);
  await writeFile(file, lines.join('\n'));
  const refusals = await collectRefusals(undefined);
  return { transactions: await readTransactions(file, columns, refusals), refusals };
}

const head =
  'TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_TIME_SECONDS,TX_TIME_DAYS,TX_FRAUD,TX_FRAUD_SCENARIO';

test('readTransactions() knows the columns of the Handbook, and brings lines in order of time', async () => {
  const { transactions } = await read([
    head,
    '1,2018-04-01 00:02:10,4961,3412,81.51,130,0,0,0',
    '0,2018-04-01 00:00:31,596,3156,257.16,31,0,1,2',
  ]);
  expect(transactions).toEqual([
    {
      id: '0',
      atMs: Date.UTC(2018, 3, 1, 0, 0, 31),
      entities: { customer: '596', terminal: '3156' },
      amountCents: 25_716,
      fraud: true,
      labelledAtMs: undefined,
      pattern: '2',
    },
    expect.objectContaining({ id: '1', fraud: false, amountCents: 8_151, pattern: undefined }),
  ]);
});

test('readTransactions() refuses what it cannot read, line by line', async () => {
  const { transactions, refusals } = await read([
    head,
    '0,2018-04-31 00:00:31,596,3156,57.16,31,0,0,0',
    '1,2018-04-01 00:02:10,4961,3412,cheap,130,0,0,0',
    '2,2018-04-01 00:02:10,4961,3412,3,130,0,perhaps,0',
    '3,2018-04-01 00:02:10,,,3,130,0,0,0',
    '4,2018-04-01',
    '5,2018-04-01 00:02:10,4961,3412,3,130,0,0,0',
    '5,2018-04-01 00:02:11,4961,3412,3,131,0,0,0',
  ]);
  expect(transactions.map(({ id }) => id)).toEqual(['5']);
  expect(refusals.count()).toBe(6);
  expect(refusals.text()).toContain('line 2, TX_DATETIME: Must be a time like');
  expect(refusals.text()).toContain('line 3, TX_AMOUNT: Must be a number: received "cheap"');
  expect(refusals.text()).toContain('line 4, TX_FRAUD: Must be 1 or 0: received "perhaps"');
  expect(refusals.text()).toContain('line 5, line: Says of nobody who took part');
  expect(refusals.text()).toContain('line 8, TRANSACTION_ID: Is there already: received "5"');
});

test('readTransactions() takes entities and columns as they are told', async () => {
  const { transactions } = await read(
    ['when,ip,who,verdict', '1651881600,10.0.0.1,7,fraud', '1651881601,,8,'],
    {
      maps: ['time=when', 'label=verdict'],
      entities: new Map([
        ['ip', 'ip'],
        ['account', 'who'],
      ]),
    },
  );
  expect(transactions).toMatchObject([
    { id: '2', entities: { ip: '10.0.0.1', account: '7' }, amountCents: null, fraud: true },
    { id: '3', entities: { account: '8' }, fraud: undefined },
  ]);
});

test('readTransactions() says which column it misses', async () => {
  await expect(read(['a,b', '1,2'])).rejects.toThrow(/no column for time, label/);
  const columns = { maps: ['time=a', 'label=b'], entities: new Map([['card', 'pan']]) };
  await expect(read(['a,b', '1,2'], columns)).rejects.toThrow(
    'Cannot read transactions: the file has no column for entity card, only a, b: received "pan"',
  );
  await expect(read(['a,b', '1,2'], { ...usual, maps: columns.maps })).rejects.toThrow(
    /no column says who took part/,
  );
});
