import { z } from 'zod';
import { reviewSources, reviewVerdicts } from '../../../shared/shop/fraud-words.ts';
import { id, instant } from './common.ts';

export const newReview = z
  .strictObject({
    verdict: z.enum(reviewVerdicts, `Must be one of ${reviewVerdicts.join(', ')}`),
    source: z
      .enum(reviewSources, `Must be one of ${reviewSources.join(', ')}`)
      .default('operator')
      .meta({ description: 'Who found it out: an operator, a bank, or labels brought along.' }),
  })
  .meta({ examples: [{ verdict: 'legitimate' }] });

export const review = z.object({
  id,
  orderId: id,
  verdict: z.enum(reviewVerdicts),
  source: z.enum(reviewSources),
  reviewer: z.string().nullable(),
  reviewedAt: instant,
});
