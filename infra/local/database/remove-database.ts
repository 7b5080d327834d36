import { rm } from 'node:fs/promises';
import path from 'node:path';
import { findBinaries } from './binaries.ts';
import { stopLeftOver } from './left-over.ts';
import { serverPlace } from './server-place.ts';

/**
 * Deletes the database that `startDatabase` made in a folder, wherever its data lie. A server
 * that still runs on them was left behind, and is stopped first.
 */
export async function removeDatabase(
  directory: string,
  log: (line: string) => void,
): Promise<void> {
  const { home } = await serverPlace(await findBinaries(), path.resolve(directory), log);
  await stopLeftOver(path.join(home, 'data'), log);
  await rm(home, { recursive: true, force: true });
}
