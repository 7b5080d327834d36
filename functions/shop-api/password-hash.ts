import { type BinaryLike, randomBytes, type ScryptOptions, scrypt } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<BinaryLike, BinaryLike, number, ScryptOptions, Buffer>(scrypt);

// 16 MiB and five passes: one of the equal choices of OWASP's password storage cheat sheet, the one
// that fits into a small function.
const [cost, blockSize, parallelization] = [2 ** 14, 8, 5];
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** A password's scrypt hash with all it takes to check it: `scrypt$N$r$p$salt$hash`, base64url. */
export async function passwordHash(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const options = { cost, blockSize, parallelization, maxmem: 64 * 1024 * 1024 };
  const hash = await derive(password.normalize('NFKC'), salt, HASH_BYTES, options);
  const parts = [cost, blockSize, parallelization, salt.toString('base64url')];
  return ['scrypt', ...parts, hash.toString('base64url')].join('$');
}
