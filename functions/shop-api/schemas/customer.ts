import { z } from 'zod';
import { country, email, forCustomer, id, instant, line, password } from './common.ts';
import { session } from './session.ts';

export const signUp = z
  .strictObject({
    firstName: line(100),
    lastName: line(100),
    email,
    password: password.min(10, 'Must have at least 10 characters'),
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

export const signedUp = customer.extend({
  session: session.meta({ description: 'Of the new customer, as POST /sessions begins one.' }),
});

export const wish = z
  .strictObject({ customerId: forCustomer, productId: id })
  .meta({ examples: [{ productId: 1 }] });

export const wishlistEntry = z.object({ id, customerId: id, productId: id, createdAt: instant });
