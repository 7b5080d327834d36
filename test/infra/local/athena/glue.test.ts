import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlayedService } from '../../../../infra/local/service.ts';
import { currentStateSql, lakeDataSets } from '../../../../shared/lake/data-sets.ts';
import { awsCall } from '../../../fixtures/aws-call.ts';
import { athenaOver, landOrders } from '../../../fixtures/landed-orders.ts';

let root: string;
let services: PlayedService[];

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'glue-'));
  await landOrders(root);
  services = await athenaOver(root);
});
afterAll(async () => {
  await Promise.all(services.map((service) => service.close()));
  rmSync(root, { recursive: true, force: true });
});

async function ask(operation: string, input: unknown): Promise<unknown> {
  const glue = services.find(({ signingName }) => signingName === 'glue');
  const reply = await glue?.handle(awsCall('glue', operation, input));
  return JSON.parse(String(reply?.body));
}

describe('Glue on this machine', () => {
  it('tells databases, tables and views of the template', async () => {
    expect(await ask('GetDatabases', {})).toMatchObject({
      DatabaseList: [{ Name: 'default' }, { Name: 'ecommerce' }],
    });
    expect(
      await ask('GetTables', { DatabaseName: 'ecommerce', Expression: 'orders.*' }),
    ).toMatchObject({
      TableList: [
        { Name: 'orders', TableType: 'VIRTUAL_VIEW' },
        {
          Name: 'orders_changes',
          TableType: 'EXTERNAL_TABLE',
          PartitionKeys: [{ Name: 'month', Type: 'string' }],
        },
      ],
    });
  });

  it('keeps the SQL of a view in the form Athena stores', async () => {
    const { Table } = (await ask('GetTable', { DatabaseName: 'ecommerce', Name: 'orders' })) as {
      Table: { ViewOriginalText: string };
    };
    const encoded = /^\/\* Presto View: (.*) \*\/$/.exec(Table.ViewOriginalText)?.[1] ?? '';
    expect(JSON.parse(Buffer.from(encoded, 'base64').toString())).toMatchObject({
      originalSql: currentStateSql(lakeDataSets[0]!),
      catalog: 'awsdatacatalog',
      schema: 'ecommerce',
      columns: expect.arrayContaining([
        { name: 'total', type: 'decimal(12,2)' },
        { name: 'ordered_at', type: 'timestamp(3)' },
        { name: 'status', type: 'varchar' },
      ]),
    });
  });

  it('finds partitions in the folders', async () => {
    const where = { DatabaseName: 'ecommerce', TableName: 'orders_changes', MaxResults: 2 };
    expect(await ask('GetPartitions', where)).toMatchObject({
      Partitions: [
        {
          Values: ['2026-01'],
          StorageDescriptor: { Location: 's3://dev-lake/bronze/orders/month=2026-01/' },
        },
        { Values: ['2026-02'] },
      ],
      NextToken: '2',
    });
  });

  it('refuses what is not there', async () => {
    await expect(
      ask('GetTable', { DatabaseName: 'ecommerce', Name: 'nothing' }),
    ).rejects.toMatchObject({
      code: 'EntityNotFoundException',
    });
    await expect(ask('CreateTable', {})).rejects.toMatchObject({
      code: 'UnknownOperationException',
    });
  });
});
