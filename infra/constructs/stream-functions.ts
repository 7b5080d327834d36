import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kinesis from 'aws-cdk-lib/aws-kinesis';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import type { DataStack } from '../stacks/data-stack.ts';
import { JobEventSource } from './job-event-source.ts';
import type { LakeDeliveries } from './lake-deliveries.ts';
import { ShopFunction } from './shop-function.ts';

export interface StreamFunctionsProps {
  readonly deployment: Deployment;
  readonly data: DataStack;
  readonly bundlesFolder: string;
  readonly deliveries: LakeDeliveries;
  /** Where the shop's API answers. */
  readonly shopUrl: string;
}

/** The functions that read the streams, each with its mapping and its grants. */
export class StreamFunctions extends Construct {
  readonly statistics: ShopFunction;
  readonly saleFeatures: ShopFunction;
  readonly fraudDetection: ShopFunction;
  readonly fraudCases: ShopFunction;
  readonly alertDelivery: ShopFunction;
  readonly landRecords: ShopFunction;

  constructor(scope: Construct, id: string, props: StreamFunctionsProps) {
    super(scope, id);
    const { data } = props;
    const { shopChanges, clickstream, insights } = data.streams;
    const { deadLetters } = data.queues;

    this.statistics = this.#job(
      props,
      'Statistics',
      'statistics',
      'Counts sales, clicks and visits in windows and sessions',
    );
    this.statistics.addEnvironment('CLICKSTREAM_NAME', clickstream.streamName);
    clickstream.grant(this.statistics, 'kinesis:ListShards');
    new JobEventSource(this, 'StatisticsReads', {
      function: this.statistics,
      stream: shopChanges,
      batchSize: 1000,
      deadLetters,
    });

    new JobEventSource(this, 'StatisticsReadsClicks', {
      function: this.statistics,
      stream: clickstream,
      // A batch costs the same writes whatever its size; what has piled up is read in large ones.
      batchSize: 10_000,
      deadLetters,
    });

    this.saleFeatures = this.#job(
      props,
      'SaleFeatures',
      'sale-features',
      'Tells what is known of each line of an order as it is sold',
    );
    new JobEventSource(this, 'SaleFeaturesReads', {
      function: this.saleFeatures,
      stream: shopChanges,
      batchSize: 500,
      deadLetters,
    });
    this.saleFeatures.addEnvironment('CLICKSTREAM_NAME', clickstream.streamName);
    clickstream.grant(this.saleFeatures, 'kinesis:ListShards');
    new JobEventSource(this, 'SaleFeaturesReadsClicks', {
      function: this.saleFeatures,
      stream: clickstream,
      batchSize: 500,
      deadLetters,
    });

    this.fraudDetection = this.#job(
      props,
      'FraudDetection',
      'fraud-detection',
      'Finds orders that someone should look at',
    );
    new JobEventSource(this, 'FraudDetectionReads', {
      function: this.fraudDetection,
      stream: shopChanges,
      consumer: new kinesis.StreamConsumer(this, 'FraudDetectionFanOut', {
        stream: shopChanges,
        streamConsumerName: `${props.deployment.stage}-fraud-detection`,
      }),
      batchSize: 500,
      deadLetters,
    });

    this.fraudDetection.addEnvironment('CLICKSTREAM_NAME', clickstream.streamName);
    clickstream.grant(this.fraudDetection, 'kinesis:ListShards');
    new JobEventSource(this, 'FraudDetectionReadsClicks', {
      function: this.fraudDetection,
      stream: clickstream,
      batchSize: 500,
      deadLetters,
    });

    this.fraudCases = this.#fraudCases(props);
    new JobEventSource(this, 'FraudCasesReads', {
      function: this.fraudCases,
      stream: insights,
      batchSize: 500,
      filter: { data: { type: ['fraud-case'] } },
      deadLetters,
    });

    this.alertDelivery = this.#alertDelivery(props);
    new JobEventSource(this, 'AlertDeliveryReads', {
      function: this.alertDelivery,
      stream: insights,
      batchSize: 100,
      filter: { data: { type: ['alert'] } },
      deadLetters,
    });

    this.landRecords = this.#landRecords(props);
    new JobEventSource(this, 'LandRecordsReads', {
      function: this.landRecords,
      stream: shopChanges,
      batchSize: 1000,
      batchingWindow: Duration.seconds(5),
      deadLetters,
    });
    new JobEventSource(this, 'LandRecordsReadsClicks', {
      function: this.landRecords,
      stream: clickstream,
      // What it lands is billed by the record of Firehose, which many rows share.
      batchSize: 5_000,
      batchingWindow: Duration.seconds(5),
      deadLetters,
    });
    new JobEventSource(this, 'LandRecordsReadsInsights', {
      function: this.landRecords,
      stream: insights,
      batchSize: 1000,
      batchingWindow: Duration.seconds(5),
      deadLetters,
    });
  }

  get byName(): Readonly<Record<string, ShopFunction>> {
    return {
      statistics: this.statistics,
      'sale-features': this.saleFeatures,
      'fraud-detection': this.fraudDetection,
      'fraud-cases': this.fraudCases,
      'alert-delivery': this.alertDelivery,
      'land-records': this.landRecords,
    };
  }

  /** A function that runs jobs of the windowing engine. */
  #job(
    { deployment, bundlesFolder, data }: StreamFunctionsProps,
    id: string,
    folder: string,
    description: string,
  ): ShopFunction {
    const { streams, tables, queues } = data;
    const job = new ShopFunction(this, id, {
      deployment,
      bundlesFolder,
      folder,
      description,
      timeout: Duration.minutes(1),
      memoryMb: 1024,
      environment: {
        SHOP_CHANGES_STREAM_NAME: streams.shopChanges.streamName,
        INSIGHTS_STREAM_NAME: streams.insights.streamName,
        STATE_TABLE_NAME: tables.state.tableName,
        RESULTS_TABLE_NAME: tables.results.tableName,
        DEAD_LETTER_QUEUE_URL: queues.deadLetters.queueUrl,
      },
    });
    // Shards are listed to know whose watermark to wait for, whichever way records are read.
    streams.shopChanges.grant(job, 'kinesis:ListShards');
    streams.insights.grantWrite(job);
    tables.state.grantReadWriteData(job);
    tables.results.grantReadWriteData(job);
    queues.deadLetters.grantSendMessages(job);
    // It looks at its own mappings before the first commit; the action knows no narrower resource.
    job.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['lambda:ListEventSourceMappings'],
        resources: ['*'],
      }),
    );
    return job;
  }

  #fraudCases({ deployment, bundlesFolder, data }: StreamFunctionsProps): ShopFunction {
    const { tables, queues } = data;
    const cases = new ShopFunction(this, 'FraudCases', {
      deployment,
      bundlesFolder,
      folder: 'fraud-cases',
      description: 'Keeps what was judged of each order',
      timeout: Duration.minutes(1),
      memoryMb: 512,
      environment: {
        FRAUD_CASES_TABLE_NAME: tables.fraudCases.tableName,
        DEAD_LETTER_QUEUE_URL: queues.deadLetters.queueUrl,
      },
    });
    tables.fraudCases.grantWriteData(cases);
    tables.fraudCases.grant(cases, 'dynamodb:GetItem');
    queues.deadLetters.grantSendMessages(cases);
    return cases;
  }

  #alertDelivery({ deployment, bundlesFolder, data, shopUrl }: StreamFunctionsProps): ShopFunction {
    const { streams, tables, queues, secrets } = data;
    const delivery = new ShopFunction(this, 'AlertDelivery', {
      deployment,
      bundlesFolder,
      folder: 'alert-delivery',
      description: 'Sends alerts to the webhook, and tries again',
      timeout: Duration.minutes(1),
      memoryMb: 512,
      environment: {
        ALERTS_TABLE_NAME: tables.alerts.tableName,
        RESULTS_TABLE_NAME: tables.results.tableName,
        WEBHOOK_SECRET_ARN: secrets.alertWebhook.secretArn,
        DEAD_LETTER_QUEUE_URL: queues.deadLetters.queueUrl,
        INSIGHTS_STREAM_NAME: streams.insights.streamName,
        SHOP_URL: shopUrl,
      },
    });
    tables.alerts.grantReadWriteData(delivery);
    tables.results.grantReadWriteData(delivery);
    secrets.alertWebhook.grantRead(delivery);
    queues.deadLetters.grantSendMessages(delivery);
    return delivery;
  }

  #landRecords(props: StreamFunctionsProps): ShopFunction {
    const { deployment, bundlesFolder, data, deliveries } = props;
    const landing = new ShopFunction(this, 'LandRecords', {
      deployment,
      bundlesFolder,
      folder: 'land-records',
      description: 'Packs changes, clicks and insights for the lake',
      timeout: Duration.minutes(1),
      memoryMb: 512,
      environment: {
        DELIVERY_STREAM_PREFIX: `${deployment.stage}-`,
        CLICKSTREAM_NAME: data.streams.clickstream.streamName,
        INSIGHTS_STREAM_NAME: data.streams.insights.streamName,
        DEAD_LETTER_QUEUE_URL: data.queues.deadLetters.queueUrl,
      },
    });
    deliveries.grantPut(landing);
    data.queues.deadLetters.grantSendMessages(landing);
    return landing;
  }
}
