import { z } from 'zod';
import { environment } from '../../shared/config/environment.ts';

export const config = environment(
  z.object({
    DATABASE_SECRET_ARN: z.string().min(1),
    TOKEN_KEY_SECRET_ARN: z.string().min(1),
    /** Base64url of 32 bytes; unset until someone makes the keys of this stage. */
    TOKEN_PUBLIC_KEY: z
      .string()
      .regex(/^[\w-]{43}$/, 'Must be 32 bytes in base64url')
      .default(''),
  }),
);
