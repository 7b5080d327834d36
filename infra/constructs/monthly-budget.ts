import * as budgets from 'aws-cdk-lib/aws-budgets';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';

/**
 * A budget on what the whole account costs in a month: only there does AWS know costs without a
 * person switching on tags in the billing console. With an e-mail address it warns there when four
 * fifths are spent, and when the month is on its way over the limit.
 */
export class MonthlyBudget extends budgets.CfnBudget {
  constructor(scope: Construct, id: string, { stage, email, monthlyBudgetUsd }: Deployment) {
    const warning = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number, to: string) => ({
      notification: {
        notificationType,
        comparisonOperator: 'GREATER_THAN',
        threshold,
        thresholdType: 'PERCENTAGE',
      },
      subscribers: [{ subscriptionType: 'EMAIL', address: to }],
    });
    super(scope, id, {
      budget: {
        budgetName: `${stage}-shop-monthly`,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyBudgetUsd, unit: 'USD' },
      },
      ...(email !== undefined && {
        notificationsWithSubscribers: [
          warning('ACTUAL', 80, email),
          warning('FORECASTED', 100, email),
        ],
      }),
    });
  }
}
