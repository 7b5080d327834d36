import { describe, expect, test } from 'vitest';
import { deadExports } from './rules/dead-exports.ts';
import { deadFiles } from './rules/dead-files.ts';
import { importsAgainstDirection } from './rules/import-direction.ts';
import { packageBreaches } from './rules/packages.ts';
import { treeOf } from './tree.ts';

const settings = {
  'package.json': '{"scripts":{"start":"node cli/run.mjs cli/start.ts"}}',
  'cdk.json': '{"app":"node infra/app.ts","build":"node infra/build.ts"}',
};

describe('importsAgainstDirection()', () => {
  test.each([
    ['shared/a.ts', '../functions/b/c.ts'],
    ['shared/a.ts', '../infra/local/c.ts'],
    ['shared/a.ts', '../cli/c.ts'],
    ['shared/stream/a.ts', '../state/c.ts'],
    ['shared/stream/a.ts', 'zod'],
    ['functions/a/b.ts', '../c/d.ts'],
    ['functions/a/b.ts', '../../infra/d.ts'],
    ['web/a.ts', '../shared/shop/seed.ts'],
    ['web/parts/a.ts', '../../functions/a/b.ts'],
    ['infra/local/a.ts', '../stacks/app-stack.ts'],
    ['infra/local/a.ts', 'aws-cdk-lib/aws-lambda'],
    ['infra/stacks/a.ts', '../local/b.ts'],
    ['infra/a.ts', '../cli/start.ts'],
    ['cli/a.ts', '../test/fixtures/b.ts'],
  ])('finds %s, which imports %s', (path, specifier) => {
    for (const text of [
      `import { x } from '${specifier}';`,
      `import type { X } from '${specifier}';`,
      `export { x } from '${specifier}';`,
      `export * from '${specifier}';`,
      `const x = await import('${specifier}');`,
      `type X = import('${specifier}').X;`,
    ]) {
      expect(importsAgainstDirection(treeOf({ [path]: text }))).toEqual([
        { at: path, what: `must not import ${specifier}` },
      ]);
    }
  });

  test.each([
    ['shared/a.ts', './stream/b.ts'],
    ['shared/stream/a.ts', './b.ts'],
    ['functions/a/routes/b.ts', '../c.ts'],
    ['functions/a/b.ts', '../../shared/c.ts'],
    ['web/parts/a.ts', '../poll.ts'],
    ['web/a.ts', '../shared/events/live.ts'],
    ['infra/local/a/b.ts', '../service.ts'],
    ['infra/stacks/a.ts', 'aws-cdk-lib'],
    ['cli/a.ts', '../infra/local/cloud.ts'],
    ['test/a.test.ts', '../cli/start.ts'],
  ])('lets %s import %s', (path, specifier) => {
    const tree = treeOf({ [path]: `import { x } from '${specifier}';` });
    expect(importsAgainstDirection(tree)).toEqual([]);
  });
});

describe('deadFiles()', () => {
  test('finds what no command, handler or entry reaches, and what only that reaches', () => {
    const tree = treeOf({
      ...settings,
      'cli/start.ts': "import '../shared/used.ts';",
      'functions/one/handler.ts': "import './own.ts';",
      'functions/one/own.ts': '',
      'infra/app.ts': "new Worker(new URL('./worker.ts', import.meta.url));",
      'infra/build.ts': '',
      'infra/worker.ts': '',
      'shared/used.ts': '',
      'shared/lost.ts': "import './lost-too.ts';",
      'shared/lost-too.ts': '',
      'test/lost.test.ts': "import '../shared/lost.ts';",
      'web/page.ts': '',
    });
    expect(deadFiles(tree, ['web/page.ts']).map(({ at }) => at)).toEqual([
      'shared/lost.ts',
      'shared/lost-too.ts',
    ]);
  });
});

describe('deadExports()', () => {
  test('finds what no other file takes: in shared/ each name, elsewhere what is left at run time', () => {
    const tree = treeOf({
      'shared/a.ts': `
        export const taken = 1;
        export function forgotten() {}
        export interface Seen {}
        export type Unseen = Seen;
        export class Lost {}
        const inner = 1;
        export { inner as outer };`,
      'shared/whole.ts': 'export const any = 1;',
      'functions/one/b.ts': "import { taken as mine } from '../../shared/a.ts';",
      'test/a.test.ts': "type Seen = import('../shared/a.ts').Seen;",
      'test/b.test.ts': "import * as whole from '../shared/whole.ts';",
      'cli/c.ts': 'export const own = 1; export interface Named {}',
      'functions/one/handler.ts': 'export const handler = 1;',
      'infra/types.d.ts': 'export const declared: number;',
    });
    expect(deadExports(tree).map(({ at }) => at)).toEqual([
      'shared/a.ts#forgotten',
      'shared/a.ts#Unseen',
      'shared/a.ts#Lost',
      'shared/a.ts#outer',
      'cli/c.ts#own',
    ]);
  });
});

describe('packageBreaches()', () => {
  test('finds packages that are listed and not imported, and the other way round', () => {
    const tree = treeOf({
      'package.json': JSON.stringify({
        dependencies: { zod: '4', '@scope/used': '1', unused: '1' },
        devDependencies: { '@types/types-only': '1' },
      }),
      'cli/a.ts': `
        import { z } from 'zod/v4';
        import '@scope/used/part';
        import type { A } from 'types-only';
        import 'node:fs';
        import 'unlisted';`,
    });
    expect(packageBreaches(tree)).toEqual([
      { at: 'unused', what: 'is imported nowhere' },
      { at: 'unlisted', what: 'is imported and not in package.json' },
    ]);
  });
});
