import { z } from 'zod';
import { type Endpoint, endpoint } from '../../../shared/api/endpoint.ts';
import { fraudCaseSchema } from '../../../shared/events/fraud-case.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import { reviewStates } from '../../../shared/shop/fraud-words.ts';
import { type CasesTable, CursorError, type StoredCase } from './cases-table.ts';

const access = ['analyst', 'operator'] as const;
const queues = ['review', 'block'] as const;
const limitMax = 100;

const orderId = z.string().regex(/^[1-9]\d{0,14}$/, 'Must be an id: a whole number above 0');
const limit = z
  .string()
  .regex(/^(?:[1-9]\d?|100)$/, `Must be a whole number from 1 to ${limitMax}`)
  .transform(Number)
  .default(20);
const queueParameters = z.strictObject({
  decision: z
    .enum(queues, `Must be one of ${queues.join(', ')}`)
    .default('review')
    .meta({
      description: 'The graver of what the shop decided at checkout and what the job says.',
    }),
  review: z.enum(reviewStates, `Must be one of ${reviewStates.join(', ')}`).default('open'),
  limit,
  cursor: z.string().max(1_000).optional(),
});

export const fraudCase = fraudCaseSchema
  .omit({ committedAtMs: true })
  .meta({ description: 'What is known about an order, as of its last event.' });
const caseSummary = fraudCase.omit({ features: true, reasons: true });
const casePage = z.object({ cases: z.array(caseSummary), nextCursor: z.string().nullable() });

/** What the fraud job knows of orders, for those who look into them. */
export function fraudRoutes(cases: CasesTable): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/fraud/orders',
      tag: 'fraud',
      summary: 'Orders that a person should look at, page by page, the newest first',
      access,
      conditional: true,
      request: z.object({ query: queueParameters }),
      answers: { 200: { description: 'A page of cases.', schema: casePage } },
      async handle({ query: { decision, review, limit, cursor } }) {
        const page = await cases.page({ decision, review, limit, cursor }).catch(asRefusal);
        return {
          status: 200,
          body: { cases: page.cases.map(summaryOf), nextCursor: page.nextCursor },
        };
      },
    }),
    endpoint({
      method: 'GET',
      path: '/fraud/orders/{id}',
      tag: 'fraud',
      summary: 'Score, decision, reasons and rules of an order, with the features they rest on',
      access,
      conditional: true,
      request: z.object({ params: z.object({ id: orderId }) }),
      answers: { 200: { description: 'The case of the order.', schema: fraudCase } },
      problems: { 404: 'No such order, or no event of it was judged yet.' },
      async handle({ params }) {
        const found = await cases.caseOf(params.id);
        if (found === undefined) {
          throw new Refusal(404, 'No case of this order', {
            detail: 'It is there within a second after the order was placed.',
          });
        }
        return { status: 200, body: detailOf(found) };
      },
    }),
  ];
}

function detailOf({ committedAtMs: _, revision: _r, generation: _g, ...detail }: StoredCase) {
  return detail;
}

function summaryOf(found: StoredCase) {
  const { features: _, reasons: _r, ...summary } = detailOf(found);
  return summary;
}

function asRefusal(error: unknown): never {
  if (!(error instanceof CursorError)) throw error;
  throw new Refusal(400, 'The request has wrong parameters', {
    errors: [{ field: 'cursor', reason: 'Must be the nextCursor of a page before' }],
  });
}
