import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kinesis from 'aws-cdk-lib/aws-kinesis';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';

/** What a person does: at once, today, or next time they look. */
type Severity = 'critical' | 'warning';

interface AlarmProps {
  /** After the stage the name of the alarm, by which repeated notices are told apart. */
  readonly name: string;
  readonly severity: Severity;
  readonly description: string;
  readonly metric: cloudwatch.Metric;
  /** Above it the alarm rises; below it with `below`. */
  readonly threshold: number;
  readonly periods: number;
  /** @default false */
  readonly below?: boolean;
}

/**
 * The stage's alarms. Their description begins with their severity and ends with the text under
 * which repeated notices are one. With an e-mail address they are sent there.
 */
export class ShopAlarms extends Construct {
  readonly #stage: string;
  readonly #action: SnsAction | undefined;

  constructor(scope: Construct, id: string, { stage, email }: Deployment) {
    super(scope, id);
    this.#stage = stage;
    this.#action = email === undefined ? undefined : new SnsAction(this.#topic(stage, email));
  }

  /** A reader that does not keep up: every window and alert comes late by as much. */
  onIteratorAge(name: string, reader: lambda.IFunction): void {
    this.#alarm({
      name: `${name}-iterator-age`,
      severity: 'critical',
      description: `${name} is more than a minute behind its stream; at the stream's retention records are lost`,
      metric: reader.metric('IteratorAge', {
        statistic: 'Maximum',
        period: Duration.minutes(1),
      }),
      threshold: Duration.minutes(1).toMilliseconds(),
      periods: 5,
    });
  }

  onErrors(name: string, failing: lambda.IFunction): void {
    this.#alarm({
      name: `${name}-errors`,
      severity: 'warning',
      description: `${name} fails; its log tells why`,
      metric: failing.metricErrors({ statistic: 'Sum', period: Duration.minutes(1) }),
      threshold: 0,
      periods: 3,
    });
  }

  /** A job that stands still or cannot tell a result says so again with every sweep, once a minute. */
  onJobs(service: string): void {
    const ofJobs = (name: string, metricName: string, description: string): void =>
      this.#alarm({
        name: `${service}-${name}`,
        severity: 'critical',
        description,
        metric: new cloudwatch.Metric({
          namespace: 'Shop',
          metricName,
          dimensionsMap: { service },
          statistic: 'Maximum',
          period: Duration.minutes(2),
        }),
        threshold: 0,
        periods: 1,
      });
    ofJobs(
      'parked-job',
      'JobParked',
      `A job of ${service} kept failing and is parked: its neighbours go on, it does not; npm run jobs -- list --aws tells why, resume lets it catch up`,
    );
    ofJobs(
      'untold-results',
      'ResultsUntold',
      `A job of ${service} cannot tell every result: it counts on and tells the others; its log names window or key and why`,
    );
  }

  /** The shop sells on without asking: nobody notices but those who get away with it. */
  onDefaultDecisions(): void {
    this.#alarm({
      name: 'decisions-by-default',
      severity: 'warning',
      description:
        'Payments are decided by default, not by model or rules; the log of shop-api tells why',
      metric: new cloudwatch.Metric({
        namespace: 'Shop',
        metricName: 'DecisionsByDefault',
        dimensionsMap: { service: 'shop-api' },
        statistic: 'Sum',
        period: Duration.minutes(1),
      }),
      threshold: 0,
      periods: 3,
    });
  }

  /** Alert delivery counts them again every minute, until someone has them sent once more. */
  onUndeliveredAlerts(): void {
    this.#alarm({
      name: 'undelivered-alerts',
      severity: 'critical',
      description:
        'Alerts reached nobody: is the webhook right? npm run alerts -- dead --aws lists them, replay sends them',
      metric: new cloudwatch.Metric({
        namespace: 'Shop',
        metricName: 'AlertsUndelivered',
        dimensionsMap: { service: 'alert-delivery' },
        statistic: 'Maximum',
        period: Duration.minutes(2),
      }),
      threshold: 0,
      periods: 1,
    });
  }

  onMessages(name: string, severity: Severity, description: string, queue: sqs.IQueue): void {
    this.#alarm({
      name,
      severity,
      description,
      metric: queue.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: Duration.minutes(1),
      }),
      threshold: 0,
      periods: 1,
    });
  }

  /** The database's clock alone writes every few seconds, so silence means that nothing is captured. */
  onSilence(name: string, description: string, stream: kinesis.IStream): void {
    this.#alarm({
      name,
      severity: 'critical',
      description,
      metric: stream.metricIncomingRecords({ statistic: 'Sum', period: Duration.minutes(1) }),
      threshold: 1,
      periods: 5,
      below: true,
    });
  }

  #alarm(props: AlarmProps): void {
    const { name, severity, description, below = false } = props;
    const alarmName = `${this.#stage}-${name}`;
    const alarm = new cloudwatch.Alarm(this, name, {
      alarmName,
      alarmDescription: `[${severity}] ${description} (dedupe: ${alarmName})`,
      metric: props.metric,
      threshold: props.threshold,
      comparisonOperator: below
        ? cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
        : cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: props.periods,
      treatMissingData: below
        ? cloudwatch.TreatMissingData.BREACHING
        : cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    if (this.#action) alarm.addAlarmAction(this.#action);
    if (this.#action) alarm.addOkAction(this.#action);
  }

  #topic(stage: string, email: string): sns.Topic {
    // CloudWatch cannot use the key that AWS keeps for topics.
    const key = new kms.Key(this, 'Key', {
      description: `Alarms of ${stage}`,
      enableKeyRotation: true,
    });
    key.grantEncryptDecrypt(new iam.ServicePrincipal('cloudwatch.amazonaws.com'));
    const topic = new sns.Topic(this, 'Topic', {
      topicName: `${stage}-shop-alarms`,
      masterKey: key,
      enforceSSL: true,
    });
    topic.addSubscription(new EmailSubscription(email));
    return topic;
  }
}
