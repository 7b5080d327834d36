import type { Place } from '../options/place.ts';
import {
  backfillInLake,
  type ExpectedFacts,
  type LearntJob,
  learnHistory,
} from '../replay/learn-history.ts';
import type { ShopperReport } from '../shoppers/shopper-report.ts';

/** Lets the jobs learn what a run tells as history. */
export interface Lesson {
  /** @param report what the run told, as the shop confirmed it. */
  learn(report: ShopperReport): Promise<readonly LearntJob[]>;
}

/** Looks, before the run, at how much history the lake holds already. */
export async function prepareLesson(options: Place, say: (line: string) => void): Promise<Lesson> {
  const before = await backfillInLake(options);
  return {
    learn(report) {
      const after = (name: string, told: number): number => (before[name] ?? 0) + told;
      const expected: ExpectedFacts = {
        orders: after('orders', report.ordersPlaced),
        order_items: after('order_items', report.orderLines),
        payments: after('payments', report.ordersPaid + report.paymentsDeclined),
        order_adjustments: after('order_adjustments', report.adjustedLines),
        order_reviews: after('order_reviews', report.chargebacks),
        clicks: after('clicks', report.clicksSent),
      };
      return learnHistory(options, { expected, say });
    },
  };
}
