import { z } from 'zod';
import { country, email, line, password } from './common.ts';

export const customerChange = z
  .strictObject({
    firstName: line(100),
    lastName: line(100),
    email,
    phone: line(40).nullable(),
    address: line(500).nullable(),
    country,
    currentPassword: password.meta({
      description:
        'Needed by a shopper for a new e-mail: whoever has only the session must not take over.',
    }),
  })
  .partial()
  .meta({ examples: [{ address: 'Rua das Flores 12, Porto Alegre' }] });
