import { z } from 'zod';
import { country, id, instant, line } from './common.ts';

export const seller = z.object({ id, name: z.string(), country, createdAt: instant });

export const newSeller = z
  .strictObject({ name: line(200), country })
  .meta({ examples: [{ name: 'Lumen & Sons', country: 'PT' }] });

export const sellerChange = newSeller.partial().meta({ examples: [{ country: 'BR' }] });
