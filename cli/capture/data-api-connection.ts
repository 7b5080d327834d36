import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  type RDSDataClient,
  RollbackTransactionCommand,
  type SqlParameter,
} from '@aws-sdk/client-rds-data';
import type { SqlConnection } from '../../shared/shop/sql-connection.ts';

export interface DataApiOptions {
  readonly client: RDSDataClient;
  readonly clusterArn: string;
  readonly secretArn: string;
  readonly database: string;
}

/**
 * The owner's connection to Aurora, which listens inside its network only: by the RDS Data API
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.html). `begin`, `commit`
 * and `rollback` become its transactions, `$1` its named parameters.
 */
export function dataApiConnection(options: DataApiOptions): SqlConnection {
  const { client, database } = options;
  const place = { resourceArn: options.clusterArn, secretArn: options.secretArn };
  let transactionId: string | undefined;

  return {
    async query(sql, params = []) {
      const word = sql.trim().toLowerCase();
      if (word === 'begin') {
        ({ transactionId } = await client.send(
          new BeginTransactionCommand({ ...place, database }),
        ));
        return { rows: [] };
      }
      if (word === 'commit' || word === 'rollback') {
        const ended = { ...place, transactionId };
        transactionId = undefined;
        const Command = word === 'commit' ? CommitTransactionCommand : RollbackTransactionCommand;
        await client.send(new Command(ended));
        return { rows: [] };
      }
      const { formattedRecords } = await client.send(
        new ExecuteStatementCommand({
          ...place,
          database,
          transactionId,
          sql: params.length === 0 ? sql : sql.replaceAll(/\$(\d+)/g, ':p$1'),
          parameters: params.map(parameter),
          formatRecordsAs: 'JSON',
        }),
      );
      return { rows: formattedRecords === undefined ? [] : JSON.parse(formattedRecords) };
    },
  };
}

function parameter(value: unknown, index: number): SqlParameter {
  const name = `p${index + 1}`;
  if (value === null) return { name, value: { isNull: true } };
  if (typeof value === 'string') return { name, value: { stringValue: value } };
  if (typeof value === 'boolean') return { name, value: { booleanValue: value } };
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    return { name, value: { longValue: value } };
  }
  throw new TypeError(
    `Cannot send parameter: only text, integers, booleans and null are sent: received ${JSON.stringify(value)}`,
  );
}
