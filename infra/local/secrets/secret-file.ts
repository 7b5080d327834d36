import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

const versionSchema = z.object({ id: z.string(), value: z.string(), atMs: z.number() });
/** The newest version first; it is current, the second is previous, older ones are forgotten. */
const versionsSchema = z.array(versionSchema).max(2);
const contentSchema = z.object({ secrets: z.record(z.string(), versionsSchema) });

export type SecretVersion = z.infer<typeof versionSchema>;

/** Values of secrets by name, in a file that its owner alone may read. */
export class SecretFile {
  readonly #file: string;
  readonly #secrets: Map<string, readonly SecretVersion[]>;
  #saved: Promise<void> = Promise.resolve();

  private constructor(file: string, secrets: Iterable<[string, readonly SecretVersion[]]>) {
    this.#file = file;
    this.#secrets = new Map(secrets);
  }

  static async open(file: string): Promise<SecretFile> {
    await mkdir(dirname(file), { recursive: true });
    const text = await textOf(file);
    if (text === undefined) return new SecretFile(file, []);
    await chmod(file, 0o600);
    return new SecretFile(file, Object.entries(parsed(text, file).secrets));
  }

  versions(name: string): readonly SecretVersion[] {
    return this.#secrets.get(name) ?? [];
  }

  /** Makes this the current version; resolves once it is on disk. */
  async put(name: string, version: SecretVersion): Promise<void> {
    this.#secrets.set(name, [version, ...this.versions(name).slice(0, 1)]);
    // A failed save does not keep later ones from trying.
    const saving = this.#saved.catch(() => undefined).then(() => this.#save());
    this.#saved = saving;
    await saving;
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#saved;
  }

  async #save(): Promise<void> {
    const aside = `${this.#file}.next`;
    const handle = await open(aside, 'w', 0o600);
    try {
      await handle.chmod(0o600);
      const secrets = Object.fromEntries(this.#secrets);
      await handle.writeFile(`${JSON.stringify({ secrets }, undefined, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, this.#file);
  }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Says nothing of what the file holds. */
function parsed(text: string, file: string): z.infer<typeof contentSchema> {
  try {
    return contentSchema.parse(JSON.parse(text));
  } catch {
    throw new Error(
      `Cannot read secrets: the file is damaged; put it right or start with --fresh: received ${file}`,
    );
  }
}
