import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import type { DataStack } from '../stacks/data-stack.ts';
import { amazonAuthorities } from './amazon-authorities.ts';
import type { FrontFunctions } from './front-routes.ts';
import { ShopFunction } from './shop-function.ts';

export interface HttpFunctionsProps {
  readonly deployment: Deployment;
  readonly data: DataStack;
  readonly bundlesFolder: string;
  /** Base64url of the key that verifies the tokens of callers, or the empty text. */
  readonly tokenPublicKey: string;
}

/** The functions that answer HTTP. Only the one that speaks SQL stands in the network. */
export class HttpFunctions extends Construct implements FrontFunctions {
  readonly shopApi: ShopFunction;
  readonly clickIntake: ShopFunction;
  readonly insightsApi: ShopFunction;

  constructor(scope: Construct, id: string, props: HttpFunctionsProps) {
    super(scope, id);
    const { deployment, data, bundlesFolder, tokenPublicKey } = props;
    const { streams, tables, secrets, appSecret, shop } = data;
    const behindRestApi = deployment.profile === 'localstack';
    const common = { deployment, bundlesFolder, behindRestApi };

    this.shopApi = new ShopFunction(this, 'ShopApi', {
      ...common,
      folder: 'shop-api',
      description: 'The shop: catalogue, carts, orders, payments',
      timeout: Duration.seconds(25),
      memoryMb: 1024,
      environment: {
        DATABASE_SECRET_ARN: appSecret.secretArn,
        RESULTS_TABLE_NAME: tables.results.tableName,
        STAGE: deployment.stage,
        STATE_TABLE_NAME: tables.state.tableName,
        TOKEN_KEY_SECRET_ARN: secrets.tokenKey.secretArn,
        TOKEN_PUBLIC_KEY: tokenPublicKey,
        ...(shop && { NODE_EXTRA_CA_CERTS: amazonAuthorities }),
      },
      ...(shop && {
        network: { vpc: shop.network.vpc, securityGroup: shop.network.shopApiGroup },
      }),
    });
    appSecret.grantRead(this.shopApi);
    secrets.tokenKey.grantRead(this.shopApi);
    // What a checkout is decided by: the memory of the fraud job, and which generation of it counts.
    for (const table of [tables.state, tables.results]) {
      table.grant(this.shopApi, 'dynamodb:BatchGetItem');
    }

    this.clickIntake = new ShopFunction(this, 'ClickIntake', {
      ...common,
      folder: 'click-intake',
      description: 'Takes clicks into their stream',
      timeout: Duration.seconds(10),
      memoryMb: 512,
      environment: {
        CLICKSTREAM_NAME: streams.clickstream.streamName,
        PSEUDONYM_KEY_SECRET_ARN: secrets.pseudonymKey.secretArn,
        TOKEN_PUBLIC_KEY: tokenPublicKey,
      },
    });
    streams.clickstream.grantWrite(this.clickIntake);
    secrets.pseudonymKey.grantRead(this.clickIntake);

    this.insightsApi = new ShopFunction(this, 'InsightsApi', {
      ...common,
      folder: 'insights-api',
      description: 'Serves what the jobs found, and the live page',
      timeout: Duration.seconds(10),
      memoryMb: 512,
      environment: {
        STATE_TABLE_NAME: tables.state.tableName,
        RESULTS_TABLE_NAME: tables.results.tableName,
        ALERTS_TABLE_NAME: tables.alerts.tableName,
        FRAUD_CASES_TABLE_NAME: tables.fraudCases.tableName,
        TOKEN_PUBLIC_KEY: tokenPublicKey,
      },
    });
    tables.results.grantReadData(this.insightsApi);
    // Features of what is sold, as their job remembers them.
    tables.state.grant(this.insightsApi, 'dynamodb:BatchGetItem');
    tables.alerts.grantReadData(this.insightsApi);
    // What operators do about alerts.
    tables.alerts.grant(
      this.insightsApi,
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
    );
    tables.fraudCases.grantReadData(this.insightsApi);
  }

  get byName(): Readonly<Record<string, ShopFunction>> {
    return {
      'shop-api': this.shopApi,
      'click-intake': this.clickIntake,
      'insights-api': this.insightsApi,
    };
  }
}
