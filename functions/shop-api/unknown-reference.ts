import { Refusal } from '../../shared/http/refusal.ts';

/** The refusal of a reference in the body that leads nowhere. */
export function unknownReference(field: string, reason: string): Refusal {
  return new Refusal(422, 'The request names something that does not exist', {
    errors: [{ field, reason }],
  });
}
