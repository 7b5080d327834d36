import type { z } from 'zod';
import type { ProblemField } from './problem.ts';

/**
 * Every wrong field that a schema found, by dotted path; an unknown one by its own name.
 *
 * @param depth leading steps of the paths to leave out.
 */
export function problemFields(error: z.core.$ZodError, depth = 0): ProblemField[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.slice(depth);
    if (issue.code !== 'unrecognized_keys') {
      return [{ field: path.join('.'), reason: issue.message }];
    }
    return issue.keys.map((key) => ({ field: [...path, key].join('.'), reason: 'Is not known' }));
  });
}
