import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { dataRemoval } from './data-removal.ts';

const { STRING, NUMBER } = dynamodb.AttributeType;

/**
 * The tables. `state` and `results` are written in transactions and therefore have no secondary
 * index: the local cloud's transactions do not reach one.
 */
export class ShopTables extends Construct {
  readonly state: dynamodb.Table;
  readonly results: dynamodb.Table;
  readonly alerts: dynamodb.Table;
  readonly fraudCases: dynamodb.Table;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    const table = (tableId: string, name: string): dynamodb.Table =>
      new dynamodb.Table(this, tableId, {
        tableName: `${deployment.stage}-${name}`,
        partitionKey: { name: 'pk', type: STRING },
        sortKey: { name: 'sk', type: STRING },
        billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption: dynamodb.TableEncryption.DEFAULT,
        timeToLiveAttribute: 'expiresAt',
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        deletionProtection: deployment.production,
        removalPolicy: dataRemoval(deployment),
      });
    this.state = table('State', 'state');
    this.results = table('Results', 'results');
    this.alerts = table('Alerts', 'alerts');
    this.alerts.addGlobalSecondaryIndex({
      indexName: 'byStatus',
      partitionKey: { name: 'status', type: STRING },
      sortKey: { name: 'nextAttemptAt', type: NUMBER },
    });
    this.alerts.addGlobalSecondaryIndex({
      indexName: 'byDay',
      partitionKey: { name: 'day', type: STRING },
      sortKey: { name: 'alertedAt', type: NUMBER },
    });
    this.fraudCases = table('FraudCases', 'fraud-cases');
    this.fraudCases.addGlobalSecondaryIndex({
      indexName: 'byDecision',
      partitionKey: { name: 'queue', type: STRING },
      sortKey: { name: 'atMs', type: NUMBER },
    });
  }
}
