import { copyFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles the live page into a folder: `index.html`, `live.js`, `live.css`, `clicks.js`, `icon.svg`. */
export async function buildPage(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: ['live.ts', 'live.css', 'clicks.ts'].map(pageSource),
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
  });
  for (const name of ['index.html', 'icon.svg']) {
    await copyFile(pageSource(name), `${folder}/${name}`);
  }
}

function pageSource(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
