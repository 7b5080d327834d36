import { createDynamo } from '../../../../infra/local/dynamodb/dynamodb.ts';
import { crashTables, transaction, transition } from './crash-tables.ts';
import { send } from './direct-call.ts';

/** Writes without end and prints each transaction's number once it is acknowledged. */
const [directory = '', firstNumber = '0'] = process.argv.slice(2);
const service = await createDynamo({ directory, tables: crashTables, now: Date.now });
let next = Number(firstNumber);

async function writeTransactions(): Promise<void> {
  for (;;) {
    const number = next++;
    const { status, body } = await send(service, 'TransactWriteItems', transaction(number));
    if (status !== 200) throw new Error(JSON.stringify(body));
    process.stdout.write(`${number}\n`);
  }
}

async function writeIndexedItems(): Promise<void> {
  for (let turn = 0; ; turn++) {
    const { status, body } = await send(service, 'UpdateItem', transition(turn));
    if (status !== 200) throw new Error(JSON.stringify(body));
  }
}

await Promise.all([...Array.from({ length: 8 }, writeTransactions), writeIndexedItems()]);
