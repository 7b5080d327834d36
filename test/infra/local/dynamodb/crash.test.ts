import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type AttributeValue, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { crashTables, transaction } from './crash-tables.ts';
import { send } from './direct-call.ts';
import { type PlayedDynamo, playedDynamo, temporaryFolder } from './played-dynamo.ts';

let directory: string;
beforeAll(async () => {
  directory = await temporaryFolder();
});
afterAll(() => rm(directory, { recursive: true }));

it('kill -9 leaves every transaction whole or absent, every acknowledged one whole', async () => {
  const acknowledged = new Set<number>();
  for (const acknowledgements of [500, 1000, 1500]) {
    const first = 100_000 * acknowledgements;
    const killed = await killAfter(acknowledgements, first);
    for (const number of killed) acknowledged.add(number);
    await check(acknowledged);
  }
});

async function check(acknowledged: ReadonlySet<number>): Promise<void> {
  const dynamo = await playedDynamo({ directory, tables: crashTables });
  try {
    const state = await scan(dynamo.client, 'crash-state');
    const inState = numbersOf(state);
    const inResults = numbersOf(await scan(dynamo.client, 'crash-results'));
    const counted = state
      .filter(({ pk }) => pk?.S === 'counter')
      .reduce((sum, { transactions }) => sum + Number(transactions?.N), 0);
    expect([...acknowledged].filter((number) => !inState.has(number))).toEqual([]);
    expect(inResults).toEqual(inState);
    expect(counted).toBe(inState.size);
    await expectRemembered(dynamo, inState);
    await expectIndexIsTable(dynamo.client);
  } finally {
    await dynamo.close();
  }
}

/** A client that lost its answer in the crash repeats the call: no double count. */
async function expectRemembered(dynamo: PlayedDynamo, numbers: ReadonlySet<number>): Promise<void> {
  const last = Math.max(...numbers);
  const { status } = await send(dynamo.service, 'TransactWriteItems', transaction(last));
  expect(status).toBe(200);
}

async function expectIndexIsTable(client: DynamoDBClient): Promise<void> {
  const table = await scan(client, 'crash-alerts');
  const index = await scan(client, 'crash-alerts', 'byStatus');
  expect(table.length).toBeGreaterThan(0);
  expect(bySortKey(index)).toEqual(bySortKey(table));
}

async function killAfter(acknowledgements: number, first: number): Promise<readonly number[]> {
  const program = join(import.meta.dirname, 'crash-writer.ts');
  const child = spawn(process.execPath, [program, directory, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const numbers: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    numbers.push(Number(line));
    if (numbers.length === acknowledgements) child.kill('SIGKILL');
  }
  const [, signal] = await exited;
  expect(signal).toBe('SIGKILL');
  return numbers;
}

type Item = Record<string, AttributeValue>;

async function scan(
  client: DynamoDBClient,
  TableName: string,
  IndexName?: string,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const page of paginateScan({ client }, { TableName, IndexName })) {
    items.push(...(page.Items ?? []));
  }
  return items;
}

function numbersOf(items: readonly Item[]): Set<number> {
  return new Set(items.filter(({ pk }) => pk?.S === 'transaction').map(({ sk }) => Number(sk?.S)));
}

function bySortKey(items: readonly Item[]): readonly Item[] {
  return [...items].sort((one, other) =>
    String(one['sk']?.S).localeCompare(String(other['sk']?.S)),
  );
}
