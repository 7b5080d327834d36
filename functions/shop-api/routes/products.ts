import { z } from 'zod';
import { Refusal } from '../../../shared/http/refusal.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { listCategories, listProducts, readProduct } from '../queries/products.ts';
import { idText } from '../schemas/common.ts';
import { category, product, productPage, productQuery } from '../schemas/product.ts';

export function productRoutes(database: Database): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/products',
      tag: 'catalogue',
      summary: 'Products that are sold, page by page',
      access: 'anyone',
      request: z.object({ query: productQuery }),
      answers: { 200: { description: 'A page, in the order of the ids.', schema: productPage } },
      async handle({ query }) {
        const after = query.cursor === undefined ? 0 : decodeCursor(query.cursor);
        const found = await database.rows(listProducts, [
          after,
          query.limit + 1, // one more tells whether a page follows
          query.category ?? null,
          query.q === undefined ? null : `%${query.q.replaceAll(/[\\%_]/g, '\\$&')}%`,
          query.inStock ?? null,
        ]);
        const items = found.slice(0, query.limit);
        const last = items.at(-1);
        const more = found.length > items.length && last !== undefined;
        return {
          status: 200,
          body: { items, ...(more ? { nextCursor: encodeCursor(last.id) } : {}) },
        };
      },
    }),
    endpoint({
      method: 'GET',
      path: '/products/{id}',
      tag: 'catalogue',
      summary: 'One product',
      access: 'anyone',
      request: z.object({ params: z.object({ id: idText }) }),
      answers: { 200: { description: 'The product.', schema: product } },
      problems: { 404: 'No such product.' },
      async handle({ params }) {
        const found = await database.row(readProduct, [params.id]);
        if (found === undefined) throw new Refusal(404, 'No such product');
        return { status: 200, body: found };
      },
    }),
    endpoint({
      method: 'GET',
      path: '/categories',
      tag: 'catalogue',
      summary: 'All categories',
      access: 'anyone',
      request: z.object({}),
      answers: {
        200: {
          description: 'In the order of the ids.',
          schema: z.object({ items: z.array(category) }),
        },
      },
      async handle() {
        return { status: 200, body: { items: await database.rows(listCategories) } };
      },
    }),
  ];
}
