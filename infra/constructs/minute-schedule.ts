import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';

export interface MinuteScheduleProps {
  readonly name: string;
  readonly function: IFunction;
  /** The event the function gets. */
  readonly input: Readonly<Record<string, string>>;
}

/** Calls a function every minute. A call that fails is not repeated: the next one is due soon. */
export class MinuteSchedule extends Construct {
  constructor(scope: Construct, id: string, props: MinuteScheduleProps) {
    super(scope, id);
    new scheduler.Schedule(this, 'Schedule', {
      scheduleName: props.name,
      description: `Calls ${props.name} every minute`,
      schedule: scheduler.ScheduleExpression.rate(Duration.minutes(1)),
      target: new LambdaInvoke(props.function, {
        input: scheduler.ScheduleTargetInput.fromObject(props.input),
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
      }),
    });
  }
}
