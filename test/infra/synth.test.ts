import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { synthesise } from '../../infra/synth.ts';

let outdir: string;
beforeEach(async () => {
  outdir = await mkdtemp(join(tmpdir(), 'shop-synth-'));
});
afterEach(() => rm(outdir, { recursive: true }));

describe('synthesise()', () => {
  test('writes the assembly with every function’s bundle as an asset', async () => {
    await synthesise({ outdir, context: { stage: 'trial' } });
    const manifest = JSON.parse(await readFile(join(outdir, 'manifest.json'), 'utf8'));
    expect(Object.keys(manifest.artifacts)).toEqual(
      expect.arrayContaining(['Shop-trial-Data', 'Shop-trial-Capture', 'Shop-trial-App']),
    );
    const assets = (await readdir(outdir)).filter((name) => /^asset\.[0-9a-f]{64}$/.test(name));
    expect(assets).toHaveLength(11);
    for (const asset of assets) {
      expect(await readdir(join(outdir, asset))).toContain('index.mjs');
    }
  });

  test('tells what is wrong when it cannot', async () => {
    await expect(synthesise({ outdir, context: { stage: 'My Stage' } })).rejects.toThrow(
      /Cannot synthesise the shop: .*-c stage: .*received "My Stage"/s,
    );
  });
});
