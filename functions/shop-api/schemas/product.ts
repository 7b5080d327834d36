import { z } from 'zod';
import { id, idText, instant, line, money } from './common.ts';

export const category = z.object({ id, name: z.string(), parentId: id.nullable() });

export const product = z.object({
  id,
  sku: z.string(),
  name: z.string(),
  description: z.string(),
  price: money,
  stock: z.int(),
  categoryId: id,
  sellerId: id,
  brand: z.string(),
  rating: z.number().nullable(),
  isActive: z.boolean(),
  createdAt: instant,
  updatedAt: instant,
});

export const productPage = z.object({
  items: z.array(product),
  nextCursor: z
    .string()
    .optional()
    .meta({ description: 'Give it as `cursor` for the next page; absent on the last one.' }),
});

export const productQuery = z.strictObject({
  category: idText.optional().meta({ description: 'Id of a category.' }),
  q: line(100).optional().meta({ description: 'Text within name, brand or SKU.' }),
  inStock: z
    .enum(['true', 'false'], 'Must be true or false')
    .transform((text) => text === 'true')
    .optional()
    .meta({ description: 'Only products that can, or cannot, be bought now.' }),
  cursor: z.string().max(100).optional().meta({ description: '`nextCursor` of the page before.' }),
  limit: z
    .string()
    .regex(/^(?:[1-9]\d?|100)$/, 'Must be a whole number from 1 to 100')
    .transform(Number)
    .default(20)
    .meta({ description: 'Products on a page.', default: '20' }),
});
