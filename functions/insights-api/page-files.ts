import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';

export interface PageFile {
  readonly body: string;
  readonly contentType: string;
}

/** The page's files by name. A name that is not in the map does not exist, whatever path it spells. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

/**
 * Reads the files of the page into memory, once.
 *
 * @throws Error for a file of a kind the page does not have.
 */
export async function readPageFiles(folder: URL): Promise<PageFiles> {
  const files = new Map<string, PageFile>();
  for (const name of (await readdir(folder)).sort()) {
    const contentType = contentTypes[extname(name)];
    if (contentType === undefined) {
      throw new Error(`Cannot serve page file: its content type is not known: received "${name}"`);
    }
    const body = await readFile(new URL(name, folder), 'utf8');
    files.set(name, { body, contentType });
  }
  return files;
}
