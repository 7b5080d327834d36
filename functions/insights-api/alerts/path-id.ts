import { z } from 'zod';

/** An id in a path. One front hands it over decoded, another as it was sent. */
export const pathId = z
  .string()
  .min(1)
  .max(1_000)
  .transform((text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  })
  .pipe(z.string().max(600));
