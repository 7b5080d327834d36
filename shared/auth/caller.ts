import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Refusal } from '../http/refusal.ts';
import { type Caller, type Role, TokenError, verifyToken } from './token.ts';

/** Who may call: anyone, or some roles; an admin always may. */
export type Access = 'anyone' | readonly Role[];

const bearer = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

/**
 * Who sends a request, by its bearer token (RFC 6750); without one it is anyone. A token that is
 * sent has to be valid, whatever it is sent to.
 *
 * @param publicKey base64url of the key's 32 bytes, or the empty text: then no token is accepted.
 * @throws Refusal 401 that says what is wrong with the token.
 */
export async function readCaller(
  { headers, requestContext }: APIGatewayProxyEventV2,
  publicKey: string,
): Promise<Caller> {
  const { authorization } = headers;
  if (authorization === undefined) return { role: 'anyone' };
  const token = bearer.exec(authorization.trim())?.[1];
  if (token === undefined) throw badToken('Send the header authorization: Bearer <token>');
  const { timeEpoch } = requestContext;
  // Some REST front might leave the time out; at the beginning of time nothing has expired.
  if (timeEpoch <= 0) throw badToken('The front does not tell the time of the request');
  try {
    return await verifyToken(publicKey, token, timeEpoch);
  } catch (error) {
    if (error instanceof TokenError) throw badToken(error.message);
    throw error;
  }
}

/** @throws Refusal 401 for a caller without a token, 403 for one whose role is another. */
export function admit(access: Access, { role }: Caller): void {
  if (access === 'anyone' || role === 'admin') return;
  if (role === 'anyone') {
    throw new Refusal(401, 'A token is needed', {
      detail: `Send one of role ${rolesOf(access)}: authorization: Bearer <token>.`,
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
  if (access.includes(role)) return;
  throw new Refusal(403, 'The token gives no right to this', {
    detail: `It takes role ${rolesOf(access)}; this token's is ${role}.`,
    headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' },
  });
}

function badToken(reason: string): Refusal {
  return new Refusal(401, 'The token is not accepted', {
    detail: `${reason}.`,
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  });
}

/** The roles of an access for a person to read, admin among them. */
export function rolesOf(access: readonly Role[]): string {
  return [...access.filter((role) => role !== 'admin'), 'admin']
    .join(', ')
    .replace(/, (\w+)$/, ' or $1');
}
