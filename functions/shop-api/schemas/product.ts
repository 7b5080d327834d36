import { z } from 'zod';
import { id, instant, line, money } from './common.ts';
import { moneyText } from './money-text.ts';

export const product = z.object({
  id,
  sku: z.string(),
  name: z.string(),
  description: z.string(),
  price: money,
  stock: z.int().min(0),
  categoryId: id,
  sellerId: id,
  brand: z.string(),
  rating: z.number().nullable().meta({ description: 'From 0 to 5; null: not rated yet.' }),
  reorderPoint: z.int().min(0).meta({ description: 'Stock under which it is to be ordered anew.' }),
  leadTimeDays: z.int().min(0),
  isActive: z.boolean().meta({ description: 'Whether it is sold.' }),
  createdAt: instant,
  updatedAt: instant,
});

function count(max: number) {
  return z.int('Must be a whole number').min(0, 'Must not be below 0').max(max);
}

const fields = {
  sku: line(64),
  name: line(200),
  description: z
    .string()
    .max(2_000, 'Must have at most 2000 characters')
    .regex(/^(?:\P{Cc}|[\n\t])*$/u, 'Must not contain control characters but line ends and tabs'),
  price: moneyText,
  stock: count(2_147_483_647),
  categoryId: id,
  sellerId: id,
  brand: line(100),
  rating: z.number().min(0).max(5).multipleOf(0.1, 'Must have at most one decimal').nullable(),
  reorderPoint: count(2_147_483_647),
  leadTimeDays: count(3_650),
  isActive: z.boolean(),
};

export const newProduct = z
  .strictObject({
    ...fields,
    description: fields.description.default(''),
    brand: fields.brand.optional(),
    rating: fields.rating.default(null),
    reorderPoint: fields.reorderPoint.default(0),
    leadTimeDays: fields.leadTimeDays.default(7),
    isActive: fields.isActive.default(true),
  })
  .meta({
    examples: [
      {
        sku: 'LAMP-1',
        name: 'Desk lamp',
        price: '19.90',
        stock: 40,
        categoryId: 1,
        sellerId: 1,
        brand: 'Lumen',
      },
    ],
  });

export const productChange = z
  .strictObject(fields)
  .partial()
  .meta({ examples: [{ price: '17.90' }] });
