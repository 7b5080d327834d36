import type { z } from 'zod';
import { parseTokenKeys, signToken, type TokenKeyPair } from '../../shared/auth/token.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import type { session } from './schemas/session.ts';

const HOUR_MS = 3_600_000;
const lifetimeMs = 12 * HOUR_MS;

export interface SessionKeys {
  /** With which tokens are verified here; the empty text where none is accepted. */
  readonly publicKey: string;
  /** The secret's JSON text: publicKey, privateKey. */
  readSecret(): Promise<string>;
}

export interface Sessions {
  /** Of a customer who is known to be the one it says. */
  begin(customerId: number, nowMs: number): Promise<z.output<typeof session>>;
  /** @throws Refusal 503 where no session could begin, before anything is done for one. */
  check(): Promise<void>;
}

/**
 * Sessions are signed with the secret's private key. It is read once and kept: a new pair comes with
 * a new public key in the environment, which starts every function anew. A token that would not be
 * accepted is not given out.
 */
export function sessionsOf(
  { publicKey, readSecret }: SessionKeys,
  log: (message: string, error: Error) => void,
): Sessions {
  let keys: Promise<TokenKeyPair> | undefined;

  async function readKeys(): Promise<TokenKeyPair> {
    const pair = parseTokenKeys(await readSecret());
    if (pair.publicKey === publicKey) return pair;
    throw new Error(
      `Cannot sign sessions: the token key is not the one that TOKEN_PUBLIC_KEY verifies: received "${pair.publicKey}" beside "${publicKey}"`,
    );
  }

  async function current(): Promise<TokenKeyPair> {
    keys ??= readKeys();
    try {
      return await keys;
    } catch (error) {
      keys = undefined; // asked for again by the next request
      log('No session can begin', error instanceof Error ? error : new Error(String(error)));
      throw new Refusal(503, 'No session can begin', {
        detail: 'The shop has no key to sign with; whoever runs it finds the reason in the log.',
      });
    }
  }

  return {
    async begin(customerId, nowMs) {
      return signToken(await current(), { role: 'shopper', customerId }, { nowMs, lifetimeMs });
    },
    async check() {
      await current();
    },
  };
}
