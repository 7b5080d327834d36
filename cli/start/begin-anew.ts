import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { removeDatabase } from '../../infra/local/database/remove-database.ts';

/** Every shop has made one of these before anything else. */
const marks = ['secrets.json', 'log.txt'];

/**
 * Throws away a shop and everything learnt from it. Call only when no other start uses it: a
 * PostgreSQL that still runs there was left behind, and is stopped.
 *
 * @throws Error for a folder that holds something else, of which nothing is touched.
 */
export async function beginAnew(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  const found = readdirSync(directory);
  if (found.length > 0 && !found.some((name) => marks.includes(name))) {
    throw new Error(
      `Cannot begin anew: the folder holds no shop, and nothing of it is deleted: received ${directory}`,
    );
  }
  await removeDatabase(path.join(directory, 'postgres'), console.error);
  await rm(directory, { recursive: true, force: true });
}
