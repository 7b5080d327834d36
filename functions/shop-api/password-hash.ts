import {
  type BinaryLike,
  randomBytes,
  type ScryptOptions,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<BinaryLike, BinaryLike, number, ScryptOptions, Buffer>(scrypt);

// 16 MiB and five passes: one of the equal choices of OWASP's password storage cheat sheet, the one
// that fits into a small function.
const [cost, blockSize, parallelization] = [2 ** 14, 8, 5];
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const memoryBytesMax = 64 * 1024 * 1024;

/** A password's scrypt hash with all it takes to check it: `scrypt$N$r$p$salt$hash`, base64url. */
export async function passwordHash(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await hashOf(password, salt, { cost, blockSize, parallelization });
  const parts = [cost, blockSize, parallelization, salt.toString('base64url')];
  return ['scrypt', ...parts, hash.toString('base64url')].join('$');
}

/**
 * Whether this is the password of a hash. Without a hash the answer is no, and takes as long as with
 * one.
 */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, N, r, p, salt = '', kept = ''] = hash?.split('$') ?? [];
  const found = await hashOf(password, Buffer.from(salt, 'base64url'), {
    cost: Number(N ?? cost),
    blockSize: Number(r ?? blockSize),
    parallelization: Number(p ?? parallelization),
  });
  const right = Buffer.from(kept, 'base64url');
  return right.length === HASH_BYTES && timingSafeEqual(found, right);
}

function hashOf(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  const bounded = { ...options, maxmem: memoryBytesMax };
  return derive(password.normalize('NFKC'), salt, HASH_BYTES, bounded);
}
