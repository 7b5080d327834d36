import { z } from 'zod';
import { type Endpoint, endpoint } from '../../../shared/api/endpoint.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import type { Database } from '../../../shared/sql/database.ts';

const ping = { name: 'ping', sql: 'select true as here', row: z.object({ here: z.literal(true) }) };
const home = z.object({ name: z.string(), links: z.record(z.string(), z.string()) });
const health = z.object({ status: z.literal('ok'), database: z.literal('ok') });

/** @param log takes what keeps the database from answering. */
export function serviceRoutes(
  database: Database,
  log: (message: string, error: Error) => void,
): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/',
      tag: 'service',
      summary: 'What this is and where to go on',
      access: 'anyone',
      request: z.object({}),
      answers: { 200: { description: 'Name and links.', schema: home } },
      handle: () => ({
        status: 200,
        body: {
          name: 'Shop API',
          links: {
            docs: '/docs',
            openapi: '/openapi.json',
            health: '/health',
            products: '/products',
            categories: '/categories',
            sellers: '/sellers',
            dashboard: '/dashboard',
          },
        },
      }),
    }),
    endpoint({
      method: 'GET',
      path: '/health',
      tag: 'service',
      summary: 'Whether the shop can serve',
      access: 'anyone',
      request: z.object({}),
      answers: { 200: { description: 'It can, and so can its database.', schema: health } },
      problems: { 503: 'The database does not answer.' },
      async handle() {
        try {
          await database.row(ping);
        } catch (error) {
          log(
            'The database does not answer',
            error instanceof Error ? error : new Error(String(error)),
          );
          throw new Refusal(503, 'The database does not answer', {
            headers: { 'retry-after': '5' },
          });
        }
        return { status: 200, body: { status: 'ok', database: 'ok' } };
      },
    }),
  ];
}
