import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { buildPage } from '../web/build-page.ts';
import { replaceFolder } from './replace-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const functionsFolder = join(root, 'functions');

/** Where the deployable form of every function stands: one folder each, `index.mjs` and its assets. */
export const bundlesFolder = join(root, 'dist', 'functions');

/** Functions that answer HTTP: they also get `rest.mjs`, the entry for a REST API in front of them. */
const httpFunctions = ['shop-api', 'click-intake', 'insights-api'];

/** What the interactive documentation is made of, with the licence it comes under. */
const swaggerFiles = [
  'swagger-ui-bundle.js',
  'swagger-ui.css',
  'favicon-32x32.png',
  'LICENSE',
  'NOTICE',
];

/** CommonJS packages inside an ES module still call `require` for Node's own modules. */
const requireForCommonJs =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/** zod's messages in forty languages would be a quarter of a bundle; English, its default, is apart. */
const withoutLocales: Plugin = {
  name: 'without-locales',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export {};',
    }));
  },
};

/**
 * Bundles every `functions/<name>/handler.ts` with the packages it uses, the AWS SDK included, into
 * `<outdir>/<name>/index.mjs`, and puts the files beside it that the function serves. What was there
 * before is replaced as a whole; it stays when anything fails, and when nothing has changed.
 */
export async function buildFunctions(outdir: string = bundlesFolder): Promise<void> {
  await mkdir(dirname(outdir), { recursive: true });
  // At the same depth, so that source maps name the same files.
  const fresh = await mkdtemp(`${outdir}-`);
  try {
    await buildInto(fresh, await functionNames());
    await replaceFolder(fresh, outdir);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function buildInto(outdir: string, names: readonly string[]): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: [
      ...names.map((name) => ({
        in: join(functionsFolder, name, 'handler.ts'),
        out: `${name}/index`,
      })),
      ...names
        .filter((name) => httpFunctions.includes(name))
        .map((name) => ({ in: join(root, 'infra', 'rest-entry.ts'), out: `${name}/rest` })),
    ],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: requireForCommonJs },
    plugins: [withoutLocales],
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
  });
  if (names.includes('shop-api')) await copySwagger(join(outdir, 'shop-api', 'docs'));
  if (names.includes('insights-api')) await buildPage(join(outdir, 'insights-api', 'web'));
}

async function functionNames(): Promise<readonly string[]> {
  const entries = await readdir(functionsFolder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .filter((name) => existsSync(join(functionsFolder, name, 'handler.ts')))
    .sort();
}

async function copySwagger(folder: string): Promise<void> {
  const source = join(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'), '..');
  await mkdir(folder, { recursive: true });
  for (const name of swaggerFiles) await copyFile(join(source, name), join(folder, name));
}

if (import.meta.main) await buildFunctions();
