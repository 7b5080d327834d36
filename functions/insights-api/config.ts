import { z } from 'zod';
import { tokenPublicKey } from '../../shared/auth/token.ts';
import { environment } from '../../shared/config/environment.ts';

export const config = environment(
  z.object({
    STATE_TABLE_NAME: z.string().min(1),
    RESULTS_TABLE_NAME: z.string().min(1),
    ALERTS_TABLE_NAME: z.string().min(1),
    FRAUD_CASES_TABLE_NAME: z.string().min(1),
    TOKEN_PUBLIC_KEY: tokenPublicKey,
    /** ISO 4217 code of the shop's prices. */
    SHOP_CURRENCY: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .default('USD'),
  }),
);
