import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { send } from './direct-call.ts';
import { type PlayedDynamo, playedDynamo, stringKeys, tableResource } from './played-dynamo.ts';

const tables = ['race-a', 'race-b'];
let dynamo: PlayedDynamo;
beforeAll(async () => {
  dynamo = await playedDynamo({ tables: tables.map((name) => tableResource(name, stringKeys)) });
});
afterAll(() => dynamo.close());

interface Counter {
  readonly table: string;
  readonly counter: number;
}

it('concurrent transactions in any order neither lock each other out nor lose a count', async () => {
  const counter = fc.record({ table: fc.constantFrom(...tables), counter: fc.nat(4) });
  const transaction = fc.record({
    counters: fc.uniqueArray(counter, {
      minLength: 1,
      maxLength: 6,
      selector: ({ table, counter }) => `${table}/${counter}`,
    }),
    /** Two transactions with one of these cannot both be committed. */
    claim: fc.option(fc.nat(6), { nil: undefined }),
  });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(transaction, { minLength: 1, maxLength: 40 }),
      async (transactions) => {
        const group = `run-${run++}`;
        const outcomes = await Promise.all(
          transactions.map(({ counters, claim }) => transact(group, counters, claim)),
        );
        const committed = transactions.filter((_, at) => outcomes[at] === 200);
        for (const table of tables) {
          for (let counter = 0; counter <= 4; counter++) {
            const expected = committed.filter(({ counters }) =>
              counters.some((each) => each.table === table && each.counter === counter),
            ).length;
            expect(await countOf(group, { table, counter })).toBe(expected);
          }
        }
        const claims = committed.flatMap(({ claim }) => claim ?? []);
        expect(new Set(claims).size).toBe(claims.length);
        const wanted = transactions.flatMap(({ claim }) => claim ?? []);
        expect(new Set(claims)).toEqual(new Set(wanted));
      },
    ),
    { numRuns: 60 },
  );
});

async function transact(
  group: string,
  counters: readonly Counter[],
  claim: number | undefined,
): Promise<number> {
  const increments = counters.map(({ table, counter }) => ({
    Update: {
      TableName: table,
      Key: { pk: { S: group }, sk: { S: `counter-${counter}` } },
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    },
  }));
  const put = {
    Put: {
      TableName: 'race-a',
      Item: { pk: { S: group }, sk: { S: `claim-${claim}` } },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
  const TransactItems = claim === undefined ? increments : [...increments, put];
  return (await send(dynamo.service, 'TransactWriteItems', { TransactItems })).status;
}

async function countOf(group: string, { table, counter }: Counter): Promise<number> {
  const Key = { pk: { S: group }, sk: { S: `counter-${counter}` } };
  const { body } = await send(dynamo.service, 'GetItem', { TableName: table, Key });
  return Number((body as { Item?: { n: { N: string } } }).Item?.n.N ?? 0);
}
