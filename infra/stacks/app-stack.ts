import { CfnOutput, CfnParameter, Duration, Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { HttpFront } from '../constructs/http-front.ts';
import { HttpFunctions } from '../constructs/http-functions.ts';
import { LakeDeliveries } from '../constructs/lake-deliveries.ts';
import { MinuteSchedule } from '../constructs/minute-schedule.ts';
import { MonthlyBudget } from '../constructs/monthly-budget.ts';
import { OrderExpiry } from '../constructs/order-expiry.ts';
import { RestFront } from '../constructs/rest-front.ts';
import { ShopAlarms } from '../constructs/shop-alarms.ts';
import { ShopFunction } from '../constructs/shop-function.ts';
import { StreamFunctions } from '../constructs/stream-functions.ts';
import type { Deployment } from '../deployment.ts';
import type { DataStack } from './data-stack.ts';

export interface AppStackProps {
  readonly deployment: Deployment;
  readonly data: DataStack;
  /** Where the functions' bundles stand. */
  readonly bundlesFolder: string;
}

/** Everything that computes: functions, what calls them, what lands in the lake, and the alarms. */
export class AppStack extends Stack {
  constructor(scope: Construct, id: string, props: AppStackProps) {
    super(scope, id, { description: 'Shop: functions, API, landing, alarms' });
    const { deployment, data } = props;
    const { stage } = deployment;
    const onAws = deployment.profile === 'aws';

    const tokenPublicKey = new CfnParameter(this, 'TokenPublicKey', {
      description: 'Verifies the tokens of callers; empty: none is accepted',
      default: '',
      allowedPattern: '^([A-Za-z0-9_-]{43})?$',
    }).valueAsString;
    const http = new HttpFunctions(this, 'Http', { ...props, tokenPublicKey });
    const front = onAws
      ? new HttpFront(this, 'Front', { deployment, functions: http })
      : new RestFront(this, 'Front', { deployment, functions: http });
    new CfnOutput(this, 'ApiUrl', { value: front.url });
    new CfnOutput(this, 'Settings', { value: JSON.stringify(deployment.settings) });

    const deliveries = new LakeDeliveries(this, 'Deliveries', { deployment, data });
    const streams = new StreamFunctions(this, 'Jobs', { ...props, deliveries, shopUrl: front.url });

    const clock = new ShopFunction(this, 'Clock', {
      ...props,
      folder: 'clock',
      description: 'Puts the time into every shard, behind the data',
      // Ticks for a minute, until the next call; the rest is room to end in.
      timeout: Duration.seconds(65),
      memoryMb: 192,
      environment: {
        CLICKSTREAM_NAME: data.streams.clickstream.streamName,
        TICK_INTERVAL_MS: '5000',
      },
    });
    data.streams.clickstream.grantWrite(clock);

    const { function: orderExpiry } = new OrderExpiry(this, 'OrderExpiry', props);

    const sweep = { task: 'sweep' };
    const schedules = [
      { name: `${stage}-clock`, function: clock, input: {} },
      { name: `${stage}-order-expiry`, function: orderExpiry, input: {} },
      { name: `${stage}-statistics`, function: streams.statistics, input: sweep },
      { name: `${stage}-sale-features`, function: streams.saleFeatures, input: sweep },
      { name: `${stage}-fraud-detection`, function: streams.fraudDetection, input: sweep },
      { name: `${stage}-alert-delivery`, function: streams.alertDelivery, input: sweep },
    ];
    for (const schedule of schedules) {
      new MinuteSchedule(this, `Every minute ${schedule.name}`, schedule);
    }

    Validations.of(this).acknowledge({
      id: 'CloudFormation-Validate::W7001',
      reason:
        'The Firehose construct brings a mapping of addresses that only other destinations use',
    });
    this.#alarms(deployment, data, streams, {
      ...http.byName,
      ...streams.byName,
      clock,
      'order-expiry': orderExpiry,
    });
    if (onAws) new MonthlyBudget(this, 'Budget', deployment);
  }

  #alarms(
    deployment: Deployment,
    { queues, streams: { shopChanges } }: DataStack,
    readers: StreamFunctions,
    functions: Readonly<Record<string, ShopFunction>>,
  ): void {
    const alarms = new ShopAlarms(this, 'Alarms', deployment);
    for (const [name, one] of Object.entries(functions)) alarms.onErrors(name, one);
    for (const [name, one] of Object.entries(readers.byName)) alarms.onIteratorAge(name, one);
    for (const service of ['statistics', 'sale-features', 'fraud-detection']) {
      alarms.onJobs(service);
    }
    alarms.onDefaultDecisions();
    alarms.onMessages(
      'dead-letters',
      'warning',
      'Records could not be processed; each waits in the queue with its reason',
      queues.deadLetters,
    );
    alarms.onUndeliveredAlerts();
    if (deployment.profile === 'aws') {
      alarms.onSilence(
        'no-changes',
        'No change arrives: the capture is stopped or stuck',
        shopChanges,
      );
    }
  }
}
