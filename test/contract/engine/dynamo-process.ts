import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDynamo } from '../../../infra/local/dynamodb/dynamodb.ts';
import type { AroundBatch } from '../../../infra/local/dynamodb/item-writes.ts';
import { startGateway } from '../../../infra/local/gateway.ts';
import { createRoles } from '../../../infra/local/iam.ts';
import type { PlayedService } from '../../../infra/local/service.ts';
import { send } from '../../infra/local/dynamodb/direct-call.ts';
import { stringKeys, tableResource } from '../../infra/local/dynamodb/played-dynamo.ts';

/** What the process is told in its one argument, as JSON. */
export interface DynamoOrder {
  readonly directory: string;
  readonly port: number;
  readonly tables: readonly string[];
  /** Which batch of writes it does not survive; undefined: all. */
  readonly death:
    | {
        readonly batch: number;
        readonly moment: 'before' | 'during' | 'after';
        /** How long a batch is being written when the process ends. */
        readonly withinMicroseconds: number;
      }
    | undefined;
}

/** What it says once it listens. */
export interface DynamoReport {
  /** What the last death left of transactions that were on their way. */
  readonly whole: number;
  readonly absent: number;
  /** Those that are there in part. */
  readonly torn: readonly string[];
}

interface Transaction {
  readonly TransactItems: readonly {
    readonly Put?: { readonly TableName: string; readonly Item: Record<string, object> };
  }[];
}

const { directory, port, tables, death }: DynamoOrder = JSON.parse(process.argv[2] ?? '');
const lastWords = join(directory, '..', 'on-their-way.json');
const onTheirWay = new Set<Transaction>();
let batches = 0;

const dieAtOne: AroundBatch = async (write) => {
  batches += 1;
  if (batches !== death?.batch) return write();
  if (death.moment === 'after') await write();
  writeFileSync(lastWords, JSON.stringify([...onTheirWay]));
  if (death.moment === 'during') {
    void write();
    const endsAt = performance.now() + death.withinMicroseconds / 1000;
    while (performance.now() < endsAt);
  }
  process.kill(process.pid, 'SIGKILL');
};

const service = await createDynamo({
  directory,
  tables: tables.map((name) => tableResource(name, stringKeys)),
  now: Date.now,
  aroundBatch: dieAtOne,
});
const report = existsSync(lastWords)
  ? await examine(JSON.parse(readFileSync(lastWords, 'utf8')))
  : { whole: 0, absent: 0, torn: [] };
rmSync(lastWords, { force: true });

const noting: PlayedService = {
  ...service,
  async handle(call) {
    if (call.operation !== 'TransactWriteItems') return service.handle(call);
    const transaction: Transaction = JSON.parse(call.body.toString());
    onTheirWay.add(transaction);
    try {
      return await service.handle(call);
    } finally {
      onTheirWay.delete(transaction);
    }
  },
};
await startGateway({
  port,
  host: '127.0.0.1',
  services: [noting],
  roles: createRoles([]),
  log: (line) => console.error(line),
});
// Who started it is gone.
process.once('disconnect', () => process.exit(1));
process.send?.(report satisfies DynamoReport);

/** Nothing has been written since: what is there tells what happened. */
async function examine(transactions: readonly Transaction[]): Promise<DynamoReport> {
  const puts = await Promise.all(transactions.map(standing));
  const whole = puts.filter(({ there, missing }) => missing.length === 0 && there.length > 0);
  // Two transactions may have wanted the same item: what one wrote is not half of the other.
  const explained = new Set(whole.flatMap(({ there }) => there));
  const torn = puts.filter(
    ({ there, missing }) => missing.length > 0 && there.some((put) => !explained.has(put)),
  );
  return {
    whole: whole.length,
    absent: puts.length - whole.length - torn.length,
    torn: torn.map(({ there, missing }) => `there: ${shown(there)}; missing: ${shown(missing)}`),
  };
}

/** Which puts of a transaction stand in the tables exactly so. */
async function standing({ TransactItems }: Transaction) {
  const there: string[] = [];
  const missing: string[] = [];
  for (const { Put } of TransactItems) {
    if (!Put) continue;
    const { TableName, Item } = Put;
    const Key = { pk: Item['pk'], sk: Item['sk'] };
    const { body } = await send(service, 'GetItem', { TableName, Key, ConsistentRead: true });
    const found = body as { readonly Item?: Record<string, object> };
    const put = canonical(Item);
    (found.Item && canonical(found.Item) === put ? there : missing).push(put);
  }
  return { there, missing };
}

function canonical(item: Record<string, object>): string {
  return JSON.stringify(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function shown(puts: readonly string[]): string {
  return puts.map((put) => put.slice(0, 300)).join(', ');
}
