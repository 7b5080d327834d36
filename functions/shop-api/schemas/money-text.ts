import { z } from 'zod';

/** Money in a request: decimal text, so that no reader on the way rounds it. */
export const moneyText = z
  .string()
  .regex(/^\d{1,10}(?:\.\d{1,2})?$/, 'Must be an amount of money as text, as in 19.90')
  .meta({ examples: ['19.90'] });
