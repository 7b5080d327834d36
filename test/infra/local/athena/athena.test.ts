import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  AthenaClient,
  BatchGetQueryExecutionCommand,
  GetNamedQueryCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  GetTableMetadataCommand,
  GetWorkGroupCommand,
  ListDatabasesCommand,
  ListDataCatalogsCommand,
  ListNamedQueriesCommand,
  ListQueryExecutionsCommand,
  ListTableMetadataCommand,
  StartQueryExecutionCommand,
  type StartQueryExecutionCommandInput,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlayedService } from '../../../../infra/local/service.ts';
import { insightViews } from '../../../../shared/lake/insight-views.ts';
import { serveAws } from '../../../fixtures/aws-endpoint.ts';
import { bucketFolder, lakeBucket } from '../../../fixtures/lake.ts';
import { athenaOver, landOrders } from '../../../fixtures/landed-orders.ts';

let root: string;
let services: PlayedService[];
let endpoint: Awaited<ReturnType<typeof serveAws>>;
let client: AthenaClient;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'athena-'));
  await landOrders(root);
  await open();
});
afterAll(async () => {
  await shut();
  rmSync(root, { recursive: true, force: true });
});

async function open(): Promise<void> {
  services = await athenaOver(root);
  endpoint = await serveAws(services);
  client = new AthenaClient(endpoint.client);
}

async function shut(): Promise<void> {
  client.destroy();
  await endpoint.close();
  await Promise.all(services.map((service) => service.close()));
}

async function start(
  sql: string,
  input: Partial<StartQueryExecutionCommandInput> = {},
): Promise<string> {
  const { QueryExecutionId } = await client.send(
    new StartQueryExecutionCommand({
      QueryString: sql,
      WorkGroup: 'dev-shop',
      QueryExecutionContext: { Database: 'ecommerce' },
      ...input,
    }),
  );
  return QueryExecutionId ?? '';
}

async function end(id: string) {
  for (;;) {
    const { QueryExecution } = await client.send(
      new GetQueryExecutionCommand({ QueryExecutionId: id }),
    );
    const state = QueryExecution?.Status?.State;
    if (state && !['QUEUED', 'RUNNING'].includes(state)) return QueryExecution;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function query(
  sql: string,
  input: Partial<StartQueryExecutionCommandInput> = {},
): Promise<unknown[][]> {
  const id = await start(sql, input);
  const execution = await end(id);
  if (execution?.Status?.State !== 'SUCCEEDED')
    throw new Error(execution?.Status?.StateChangeReason);
  const { ResultSet } = await client.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
  return (ResultSet?.Rows ?? []).map(({ Data = [] }) =>
    Data.map(({ VarCharValue }) => VarCharValue ?? null),
  );
}

describe('Athena on this machine', () => {
  it('reads the files of a table with types and partitions of the catalogue', async () => {
    expect(
      await query(
        "SELECT id, total, ordered_at, payment_id, month FROM orders_changes WHERE month = '2026-01' AND row_version = 1",
      ),
    ).toEqual([
      ['id', 'total', 'ordered_at', 'payment_id', 'month'],
      ['1', '10.01', '2026-01-15 12:00:00.123', null, '2026-01'],
    ]);
  });

  it('shows the current state: highest version, repeats once, deleted rows gone', async () => {
    expect(await query('SELECT id, status, row_version FROM orders ORDER BY id')).toEqual([
      ['id', 'status', 'row_version'],
      ['1', 'paid', '2'],
      ['3', 'pending', '1'],
    ]);
  });

  it('computes money as decimals and names columns without a name', async () => {
    expect(
      await query('SELECT sum(total), sum(total) / count(*), avg(total), 7 / 2 FROM orders'),
    ).toEqual([
      ['_col0', '_col1', '_col2', '_col3'],
      ['30.01', '15.01', '15.01', '3'],
    ]);
  });

  it('reads an empty table, in any spelling of its name', async () => {
    const sql =
      'SELECT count(*) AS n, max(unit_price) AS price FROM awsdatacatalog.Ecommerce."order_items"';
    expect(await query(sql)).toEqual([
      ['n', 'price'],
      ['0', null],
    ]);
  });

  it('stores results as CSV in the place of the workgroup', async () => {
    const id = await start(
      'SELECT id, \'a "b"\' AS text, NULL AS nothing FROM orders ORDER BY id',
      {
        ResultConfiguration: { OutputLocation: 's3://elsewhere/' },
      },
    );
    const execution = await end(id);
    expect(execution?.ResultConfiguration?.OutputLocation).toBe(
      `s3://${lakeBucket}/athena-results/${id}.csv`,
    );
    const file = path.join(bucketFolder(root, lakeBucket), `athena-results/${id}.csv.data`);
    expect(readFileSync(file, 'utf8')).toBe(
      '"id","text","nothing"\n"1","a ""b""",\n"3","a ""b""",\n',
    );
    expect(execution?.Statistics?.DataScannedInBytes).toBeGreaterThan(0);
  });

  it('pages through results', async () => {
    const id = await start(
      'SELECT a.n * 100 + b.n AS n FROM unnest(sequence(0, 24)) AS a(n) CROSS JOIN unnest(sequence(0, 99)) AS b(n) ORDER BY 1',
    );
    await end(id);
    const seen: (string | undefined)[] = [];
    let token: string | undefined;
    let pages = 0;
    do {
      const { ResultSet, NextToken } = await client.send(
        new GetQueryResultsCommand({ QueryExecutionId: id, NextToken: token }),
      );
      seen.push(...(ResultSet?.Rows ?? []).map(({ Data }) => Data?.[0]?.VarCharValue));
      token = NextToken;
      pages += 1;
    } while (token !== undefined);
    expect(pages).toBe(3);
    expect(seen).toEqual(['n', ...Array.from({ length: 2500 }, (_, n) => String(n))]);
  });

  it('tells types of columns as Athena does', async () => {
    const id = await start(
      "SELECT id, total, ordered_at, status, true AS yes, 1e0 AS d, DATE '2026-01-01' AS day FROM orders",
    );
    await end(id);
    const { ResultSet } = await client.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
    expect(
      ResultSet?.ResultSetMetadata?.ColumnInfo?.map(({ Name, Type, Precision, Scale }) => [
        Name,
        Type,
        Precision,
        Scale,
      ]),
    ).toEqual([
      ['id', 'bigint', 19, 0],
      ['total', 'decimal', 12, 2],
      ['ordered_at', 'timestamp', 3, 0],
      ['status', 'varchar', 2147483647, 0],
      ['yes', 'boolean', 0, 0],
      ['d', 'double', 17, 0],
      ['day', 'date', 0, 0],
    ]);
  });

  it('stops a running query, and the next one runs', async () => {
    const many = 'unnest(sequence(1, 100000))';
    const id = await start(
      `SELECT count(*) FROM ${many} AS a(x) CROSS JOIN ${many} AS b(x) CROSS JOIN ${many} AS c(x) WHERE (a.x + b.x) % 7 = c.x % 5`,
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
    expect((await end(id))?.Status?.State).toBe('CANCELLED');
    expect(await query('SELECT 1 AS one')).toEqual([['one'], ['1']]);
  });

  it.each([
    [
      'SELECT * FROM nothing',
      "TABLE_NOT_FOUND: Table 'awsdatacatalog.ecommerce.nothing' does not exist",
    ],
    ['SELECT nothing FROM orders', "COLUMN_NOT_FOUND: Column 'nothing' cannot be resolved"],
    ['SELEC 1', 'NOT_SUPPORTED: The statement SELEC'],
    ['SELECT 1 FROM', 'SYNTAX_ERROR'],
    ['SELECT 1 / 0', 'DIVISION_BY_ZERO: Division by zero'],
    ["SELECT * FROM read_csv('/etc/passwd')", 'NOT_SUPPORTED: Function read_csv'],
    [
      "SELECT * FROM '/etc/passwd'",
      "TABLE_NOT_FOUND: Table 'awsdatacatalog.ecommerce./etc/passwd' does not exist",
    ],
    ["COPY orders TO '/tmp/x'", 'NOT_SUPPORTED: The statement COPY'],
    ['INSERT INTO orders VALUES (1)', 'NOT_SUPPORTED: The statement INSERT'],
  ])('fails %s with a reason', async (sql, reason) => {
    await expect(query(sql)).rejects.toThrow(reason);
  });

  it('answers statements about the catalogue', async () => {
    expect(await query('SHOW DATABASES')).toEqual([['default'], ['ecommerce']]);
    expect(await query("SHOW TABLES IN ecommerce 'orders*'")).toEqual([
      ['orders'],
      ['orders_changes'],
    ]);
    expect(await query('SHOW PARTITIONS orders_changes')).toEqual([
      ['month=2026-01'],
      ['month=2026-02'],
      ['month=2026-03'],
    ]);
    const described = await query('DESCRIBE orders_changes');
    expect(described[0]?.[0]).toMatch(/^id\s+bigint/);
    expect(described.at(-1)?.[0]).toMatch(/^month\s+string/);
    expect((await query('SHOW CREATE VIEW ecommerce.orders'))[0]).toEqual([
      'CREATE VIEW ecommerce.orders AS',
    ]);
  });

  it('makes and drops tables and views, and keeps them over a restart', async () => {
    await query(
      `CREATE EXTERNAL TABLE IF NOT EXISTS raw_orders (id bigint, total decimal(12,2) COMMENT 'EUR') PARTITIONED BY (month string) STORED AS PARQUET LOCATION 's3://${lakeBucket}/bronze/orders/' TBLPROPERTIES ('projection.enabled' = 'true')`,
    );
    await query('CREATE VIEW big AS SELECT id, total FROM raw_orders WHERE total > 50');
    await expect(query('CREATE VIEW big AS SELECT 1 AS one')).rejects.toThrow('ALREADY_EXISTS');
    await shut();
    await open();
    expect(await query('SELECT id FROM big')).toEqual([['id'], ['2']]);
    await query('CREATE OR REPLACE VIEW big AS SELECT count(*) AS n FROM raw_orders');
    expect(await query('SELECT n FROM big')).toEqual([['n'], ['6']]);
    await query('DROP VIEW big');
    await query('DROP TABLE raw_orders');
    await expect(query('SELECT * FROM big')).rejects.toThrow('TABLE_NOT_FOUND');
  });

  it('keeps results over a restart', async () => {
    const id = await start('SELECT id FROM orders ORDER BY id');
    await end(id);
    await shut();
    await open();
    const { ResultSet } = await client.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
    expect(ResultSet?.Rows?.length).toBe(3);
  });

  it('fills parameters in, and nothing but values', async () => {
    const sql = 'SELECT id FROM orders WHERE status = ? AND total > ?';
    expect(await query(sql, { ExecutionParameters: ["'paid'", '5'] })).toEqual([['id'], ['1']]);
    await expect(query(sql, { ExecutionParameters: ["'paid'"] })).rejects.toThrow(
      'expected 2 but found 1',
    );
    await expect(query(sql, { ExecutionParameters: ["'paid' OR 1 = 1", '5'] })).rejects.toThrow(
      'one literal',
    );
  });

  it('runs a repeated request once', async () => {
    const ClientRequestToken = 'a'.repeat(32);
    const id = await start('SELECT 1', { ClientRequestToken });
    expect(await start('SELECT 1', { ClientRequestToken })).toBe(id);
    await expect(start('SELECT 2', { ClientRequestToken })).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
  });

  it('lists what was run, saved and declared', async () => {
    const id = await start('SELECT 1');
    const { QueryExecutionIds } = await client.send(
      new ListQueryExecutionsCommand({ WorkGroup: 'dev-shop', MaxResults: 1 }),
    );
    expect(QueryExecutionIds).toEqual([id]);
    const batch = await client.send(
      new BatchGetQueryExecutionCommand({ QueryExecutionIds: [id, 'unknown'] }),
    );
    expect(batch.QueryExecutions?.map(({ QueryExecutionId }) => QueryExecutionId)).toEqual([id]);
    expect(batch.UnprocessedQueryExecutionIds).toMatchObject([{ QueryExecutionId: 'unknown' }]);
    const { NamedQueryIds } = await client.send(
      new ListNamedQueriesCommand({ WorkGroup: 'dev-shop' }),
    );
    const { NamedQuery } = await client.send(
      new GetNamedQueryCommand({ NamedQueryId: NamedQueryIds?.[0] }),
    );
    expect(await query(NamedQuery?.QueryString ?? '')).toEqual([
      ['month', 'n'],
      ['2026-01', '3'],
      ['2026-02', '1'],
      ['2026-03', '2'],
    ]);
    const { WorkGroup } = await client.send(new GetWorkGroupCommand({ WorkGroup: 'dev-shop' }));
    expect(WorkGroup?.Configuration?.ResultConfiguration?.OutputLocation).toContain(
      'athena-results',
    );
    const { DataCatalogsSummary } = await client.send(new ListDataCatalogsCommand({}));
    expect(DataCatalogsSummary).toEqual([{ CatalogName: 'AwsDataCatalog', Type: 'GLUE' }]);
    const where = { CatalogName: 'AwsDataCatalog', DatabaseName: 'ecommerce' };
    const { DatabaseList } = await client.send(new ListDatabasesCommand(where));
    expect(DatabaseList?.map(({ Name }) => Name)).toEqual(['default', 'ecommerce']);
    const { TableMetadataList } = await client.send(new ListTableMetadataCommand(where));
    const views = new Set(insightViews.map(({ name }) => name));
    const names = TableMetadataList?.map(({ Name = '' }) => Name);
    expect(names?.filter((name) => !views.has(name))).toEqual([
      'click_records',
      'clicks',
      'insight_records',
      'insights',
      'order_adjustments',
      'order_adjustments_changes',
      'order_items',
      'order_items_changes',
      'order_reviews',
      'order_reviews_changes',
      'orders',
      'orders_changes',
      'payments',
      'payments_changes',
    ]);
    const { TableMetadata } = await client.send(
      new GetTableMetadataCommand({ ...where, TableName: 'orders_changes' }),
    );
    expect(TableMetadata?.PartitionKeys).toEqual([{ Name: 'month', Type: 'string' }]);
    await expect(
      client.send(new GetTableMetadataCommand({ ...where, TableName: 'none' })),
    ).rejects.toMatchObject({
      name: 'MetadataException',
    });
  });

  it('refuses wrong requests by type', async () => {
    await expect(start('SELECT 1', { WorkGroup: 'nobody' })).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
    await expect(
      client.send(new GetQueryExecutionCommand({ QueryExecutionId: 'nothing' })),
    ).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: 'QueryExecution nothing was not found',
    });
    await expect(start('SELECT 1', { WorkGroup: 'primary' })).rejects.toThrow(
      'No output location provided',
    );
  });
});
