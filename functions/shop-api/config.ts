import { z } from 'zod';
import { environment } from '../../shared/config/environment.ts';

export const config = environment(z.object({ DATABASE_SECRET_ARN: z.string().min(1) }));
