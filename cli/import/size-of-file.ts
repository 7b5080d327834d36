import { stat } from 'node:fs/promises';

/** @returns bytes. @throws Error that says why there is no such file to read. */
export async function sizeOfFile(file: string): Promise<number> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'there is none' : error.message;
    throw new Error(`Cannot read file: ${reason}: received "${file}"`);
  });
  if (!found.isFile()) throw new Error(`Cannot read file: it is none: received "${file}"`);
  return found.size;
}
