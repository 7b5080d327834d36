import { z } from 'zod';
import { tokenPublicKey } from '../../shared/auth/token.ts';
import { environment } from '../../shared/config/environment.ts';

export const config = environment(
  z.object({
    DATABASE_SECRET_ARN: z.string().min(1),
    RESULTS_TABLE_NAME: z.string().min(1),
    STATE_TABLE_NAME: z.string().min(1),
    TOKEN_KEY_SECRET_ARN: z.string().min(1),
    TOKEN_PUBLIC_KEY: tokenPublicKey,
  }),
);
