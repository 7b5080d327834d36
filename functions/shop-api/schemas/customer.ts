import { z } from 'zod';
import { country, forCustomer, id, instant, line } from './common.ts';

export const signUp = z
  .strictObject({
    firstName: line(100),
    lastName: line(100),
    email: z.email('Must be an e-mail address').max(254),
    password: z
      .string()
      .min(10, 'Must have at least 10 characters')
      .max(200, 'Must have at most 200 characters'),
    phone: line(40).optional(),
    address: line(500).optional(),
    country,
  })
  .meta({
    examples: [
      {
        firstName: 'Ana',
        lastName: 'Lima',
        email: 'ana@example.com',
        password: 'correct horse battery',
        country: 'BR',
      },
    ],
  });

export const customer = z.object({
  id,
  firstName: z.string(),
  lastName: z.string(),
  country,
  createdAt: instant,
});

export const wish = z
  .strictObject({ customerId: forCustomer, productId: id })
  .meta({ examples: [{ productId: 1 }] });

export const wishlistEntry = z.object({ id, customerId: id, productId: id, createdAt: instant });
