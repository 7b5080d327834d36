import { errors, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

/** Who a caller can be; an admin may do what any of the others may. */
export const roles = ['shopper', 'analyst', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Who sends a request: what a valid token says, or anyone. */
export interface Caller {
  readonly role: Role | 'anyone';
  /** Of a shopper, always there. */
  readonly customerId?: number;
  readonly subject?: string;
}

const key = z.string().regex(/^[\w-]{43}$/, 'Must be 32 bytes in base64url');
const keyPair = z.object({ publicKey: key, privateKey: key });

/** `TOKEN_PUBLIC_KEY` of an environment; unset until someone makes the keys of the stage. */
export const tokenPublicKey = key.default('');
/** Both keys as base64url of their 32 bytes (RFC 8037). */
export type TokenKeyPair = z.output<typeof keyPair>;

interface TokenHolder {
  readonly role: Role;
  /** Needed by a shopper, refused with any other role. */
  readonly customerId?: number | undefined;
}

interface TokenLife {
  readonly nowMs: number;
  readonly lifetimeMs: number;
}

interface SignedToken {
  readonly token: string;
  /** ISO 8601, to the second. */
  readonly expiresAt: string;
}

/** A token that is not accepted; the message says why and repeats nothing of the token. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

const algorithm = 'EdDSA';
const issuer = 'shop';
const audience = 'shop-api';

const claims = z.discriminatedUnion('role', [
  z.object({ sub: z.string().min(1), role: z.literal('shopper'), customerId: z.int().min(1) }),
  z.object({
    sub: z.string().min(1),
    role: z.enum(['analyst', 'operator', 'admin']),
    customerId: z.undefined().optional(),
  }),
]);

/** A new pair of Ed25519 keys. */
export async function newTokenKeyPair(): Promise<TokenKeyPair> {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const { x, d } = await exportJWK(pair.privateKey);
  return keyPair.parse({ publicKey: x, privateKey: d });
}

/**
 * The pair that a secret's JSON text holds.
 *
 * @throws Error that repeats nothing of the text when it holds none.
 */
export function parseTokenKeys(secret: string): TokenKeyPair {
  try {
    return keyPair.parse(JSON.parse(secret));
  } catch {
    throw new Error(
      'Cannot read token key: its secret holds no key pair; make one with npm run token -- --new-key',
    );
  }
}

/**
 * A JSON Web Token (RFC 7519) that says who its holder is, signed with Ed25519.
 *
 * @throws RangeError for a shopper without a customer, or a customer with another role.
 */
export async function signToken(
  { publicKey, privateKey }: TokenKeyPair,
  { role, customerId }: TokenHolder,
  { nowMs, lifetimeMs }: TokenLife,
): Promise<SignedToken> {
  if ((role === 'shopper') !== (customerId !== undefined)) {
    throw new RangeError(
      `Cannot sign token: a shopper needs a customer, nobody else has one: received ${role} and customer ${customerId}`,
    );
  }
  const issuedAt = Math.floor(nowMs / 1000);
  const expiresAt = issuedAt + Math.floor(lifetimeMs / 1000);
  const token = await new SignJWT({ role, ...(customerId !== undefined && { customerId }) })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(customerId === undefined ? role : `customer/${customerId}`)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign({ ...jwkOf(publicKey), d: privateKey });
  return { token, expiresAt: new Date(expiresAt * 1000).toISOString() };
}

/**
 * Who the holder of a token is.
 *
 * @param publicKey base64url of the 32 bytes; with the empty text no token is accepted.
 * @throws TokenError for a token that is malformed, expired, signed with another key or algorithm,
 *   or meant for someone else.
 */
export async function verifyToken(
  publicKey: string,
  token: string,
  nowMs: number,
): Promise<Caller> {
  if (publicKey === '')
    throw new TokenError('No token is accepted here: TOKEN_PUBLIC_KEY is unset');
  try {
    const { payload } = await jwtVerify(token, jwkOf(publicKey), {
      algorithms: [algorithm],
      typ: 'JWT',
      issuer,
      audience,
      requiredClaims: ['iat', 'exp'],
      currentDate: new Date(nowMs),
    });
    const { sub, role, customerId } = claims.parse(payload);
    return { role, subject: sub, ...(customerId !== undefined && { customerId }) };
  } catch (error) {
    throw new TokenError(whyRefused(error), { cause: error });
  }
}

function whyRefused(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired';
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof z.ZodError) {
    return 'The token is not one for this API';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return 'The token was not signed by this shop';
  }
  if (error instanceof errors.JOSEError) return 'The token is not one that this shop signs';
  throw error;
}

interface Jwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly alg: typeof algorithm;
  readonly x: string;
}

/** The same object for the same key: jose imports each object once. */
const jwks = new Map<string, Jwk>();

function jwkOf(publicKey: string): Jwk {
  const known = jwks.get(publicKey);
  if (known !== undefined) return known;
  const jwk: Jwk = { kty: 'OKP', crv: 'Ed25519', alg: algorithm, x: publicKey };
  jwks.set(publicKey, jwk);
  return jwk;
}
