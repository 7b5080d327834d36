import { isIP } from 'node:net';
import { z } from 'zod';
import type { Context } from '../../shared/api/endpoint.ts';
import { Refusal } from '../../shared/http/refusal.ts';

const header = 'shopper-ip';

/** The header of a checkout that an operator makes for someone else. */
export const shopperIpHeader = {
  [header]: z
    .string()
    .max(45)
    .refine((text) => isIP(text) !== 0, 'Must be an IPv4 or IPv6 address')
    .optional()
    .meta({
      description:
        'Address that the shopper came from, for an operator who checks out for one. Only a keyed hash of it leaves the database.',
    }),
};

/**
 * The address a checkout comes from.
 *
 * @param told the header `shopper-ip`, if it was sent.
 * @throws Refusal 403 for a caller who is no operator.
 */
export function shopperIp(told: string | undefined, { event, caller }: Context): string {
  if (told === undefined) return event.requestContext.http.sourceIp;
  if (caller.role === 'operator' || caller.role === 'admin') return told;
  throw new Refusal(403, 'The token gives no right to this', {
    errors: [{ field: header, reason: 'Is for operators, who check out for others' }],
  });
}
