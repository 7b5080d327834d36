import { z } from 'zod';
import { type Endpoint, endpoint } from '../../../shared/api/endpoint.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { review as judge } from '../orders/review.ts';
import { idText } from '../schemas/common.ts';
import { newReview, review } from '../schemas/review.ts';
import { shopTime, shopTimeHeader } from '../shop-time.ts';

export function reviewRoutes(database: Database): readonly Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/fraud/orders/{id}/reviews',
      tag: 'fraud',
      summary: 'Say what an order turned out to be: fraud is cancelled, unless it was sent',
      access: ['operator'],
      request: z.object({
        params: z.object({ id: idText }),
        headers: z.object(shopTimeHeader),
        body: newReview,
      }),
      answers: {
        200: { description: 'What the same reviewer had said already.', schema: review },
        201: { description: 'What is noted, and becomes a label.', schema: review },
      },
      problems: { 404: 'No such order.' },
      async handle({ params, headers, body }, context) {
        const { made, repeated } = await judge(database, {
          orderId: params.id,
          caller: context.caller,
          time: shopTime(headers['shop-time'], context),
          review: body,
        });
        return { status: repeated ? 200 : 201, body: made };
      },
    }),
  ];
}
