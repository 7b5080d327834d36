import { z } from 'zod';
import { country, email, line } from './common.ts';

export const customerChange = z
  .strictObject({
    firstName: line(100),
    lastName: line(100),
    email,
    phone: line(40).nullable(),
    address: line(500).nullable(),
    country,
  })
  .partial()
  .meta({ examples: [{ address: 'Rua das Flores 12, Porto Alegre' }] });
