import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { RDSDataClient } from '@aws-sdk/client-rds-data';
import pg from 'pg';
import type { SqlConnection } from '../shared/shop/sql-connection.ts';
import { dataApiConnection } from './capture/data-api-connection.ts';
import { readLocalEndpoint } from './local-endpoint.ts';
import type { Place } from './options/place.ts';
import { stackOutputs } from './stack-outputs.ts';

export interface ShopDatabase {
  /** For people: where the shop is. */
  readonly name: string;
  readonly stage: string;
  /** As the owner of the shop's tables. */
  readonly db: SqlConnection;
  close(): Promise<void>;
}

/** The shop's database as its owner: of the running local cloud, or Aurora by the Data API. */
export async function openShopDatabase(options: Place = {}): Promise<ShopDatabase> {
  if (options.aws) {
    const stage = options.stage ?? 'dev';
    const db = await auroraDatabase(new CloudFormationClient(), stage);
    return { name: `stage ${stage} on AWS`, stage, db, close: async () => {} };
  }
  const { databaseUrl, stage } = await readLocalEndpoint(options.data, options.stage);
  const db = await localDatabase(databaseUrl);
  return { name: 'the local cloud', stage, db, close: () => db.end() };
}

export async function localDatabase(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl });
  // A connection that breaks while nothing is asked: the next statement tells.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Aurora listens inside its network only, the Data API to whoever may call it. */
export async function auroraDatabase(
  cloudFormation: CloudFormationClient,
  stage: string,
): Promise<SqlConnection> {
  const data = await stackOutputs(cloudFormation, `Shop-${stage}-Data`);
  return dataApiConnection({
    client: new RDSDataClient(),
    clusterArn: data.get('ClusterArn'),
    secretArn: data.get('AdminSecretArn'),
    database: 'shop',
  });
}
