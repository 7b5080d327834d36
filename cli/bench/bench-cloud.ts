import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type LocalCloud, startLocalCloud } from '../../infra/local/cloud.ts';
import { portsFrom } from '../../infra/local/ports.ts';
import { ensureAssembly } from '../start/assembly.ts';
import { prepareDatabase } from '../start/prepare-database.ts';

const root = path.resolve(import.meta.dirname, '../..');
const portBase = 4750;

/**
 * Runs a bench in a local cloud of its own, which is gone afterwards.
 *
 * @param adjust changes the copy of the assembly that this cloud plays, in its folder.
 */
export async function inBenchCloud(
  use: (cloud: LocalCloud) => Promise<void>,
  adjust: (assembly: string) => Promise<void> = async () => {},
): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    const synthesised = path.join(root, 'dist', 'assembly');
    await ensureAssembly(root, synthesised, { stage: 'dev' });
    const assembly = path.join(directory, 'assembly');
    await cp(synthesised, assembly, { recursive: true });
    await adjust(assembly);
    const cloud = await startLocalCloud({
      assembly,
      directory: path.join(directory, 'data'),
      ports: portsFrom(portBase),
      stage: 'dev',
      prepareDatabase,
      log: () => {},
      progress: (words) => console.error(`… ${words}`),
    });
    try {
      await use(cloud);
    } finally {
      await cloud.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
