import { z } from 'zod';
import { email, id, instant, password } from './common.ts';

export const logIn = z
  .strictObject({ email, password })
  .meta({ examples: [{ email: 'ana@example.com', password: 'correct horse battery' }] });

export const session = z.object({
  token: z.string().meta({ description: 'Send it as `authorization: Bearer …`.' }),
  expiresAt: instant,
});

export const newSession = z.object({ customerId: id, ...session.shape });
