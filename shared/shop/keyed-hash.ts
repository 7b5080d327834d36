import { createHash, createHmac } from 'node:crypto';

const BLOCK_BYTES = 64; // of SHA-256, RFC 2104
const KEY_LENGTH_MIN = 16;

/**
 * The pseudonym of a text: HMAC-SHA256 under the shop's key, in hexadecimal, after the text is
 * trimmed and lower-cased. The database computes the same by `keyed_hash(text)`.
 */
export function keyedHash(key: string, plain: string): string {
  return createHmac('sha256', key).update(plain.trim().toLowerCase()).digest('hex');
}

/**
 * The key's two blocks of RFC 2104, in hexadecimal: with them HMAC-SHA256 is
 * `sha256(outer ‖ sha256(inner ‖ text))`, which PostgreSQL can do without an extension.
 *
 * @throws RangeError for a key that is too short to be a secret; its text is not shown.
 */
export function keyBlocks(key: string): { inner: string; outer: string } {
  if (key.length < KEY_LENGTH_MIN) {
    throw new RangeError(
      `Cannot use pseudonym key: at least ${KEY_LENGTH_MIN} characters are needed: received ${key.length}`,
    );
  }
  const secret = Buffer.from(key);
  const short = secret.length > BLOCK_BYTES ? createHash('sha256').update(secret).digest() : secret;
  const padded = Buffer.alloc(BLOCK_BYTES);
  short.copy(padded);
  const block = (pad: number) => Buffer.from(padded.map((byte) => byte ^ pad)).toString('hex');
  return { inner: block(0x36), outer: block(0x5c) };
}
