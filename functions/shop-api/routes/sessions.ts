import { z } from 'zod';
import { type Endpoint, endpoint } from '../../../shared/api/endpoint.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import type { Database } from '../../../shared/sql/database.ts';
import { isPassword } from '../password-hash.ts';
import { findCredentials } from '../queries/customers.ts';
import { logIn, newSession } from '../schemas/session.ts';
import type { Sessions } from '../sessions.ts';

export function sessionRoutes(database: Database, sessions: Sessions): readonly Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/sessions',
      tag: 'customers',
      summary: 'Log in',
      access: 'anyone',
      request: z.object({ body: logIn }),
      answers: { 201: { description: 'The session of the customer.', schema: newSession } },
      problems: {
        401: 'No customer has this e-mail address and this password.',
        503: 'No session can begin.',
      },
      async handle({ body: { email, password } }, { event }) {
        const found = await database.row(findCredentials, [email]);
        // Also without a hash, in the same time: who is a customer here is nobody's business.
        const isRight = await isPassword(password, found?.passwordHash);
        if (found === undefined || !isRight) {
          throw new Refusal(401, 'No customer has this e-mail address and this password');
        }
        const { customerId } = found;
        const session = await sessions.begin(customerId, event.requestContext.timeEpoch);
        return { status: 201, body: { customerId, ...session } };
      },
    }),
  ];
}
