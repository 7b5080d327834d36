import { describe, expect, test } from 'vitest';
import { describeBreaches } from './breach.ts';
import { clockReads } from './rules/clock-reads.ts';
import { evasions } from './rules/evasions.ts';
import { longFiles } from './rules/long-files.ts';
import { undocumented } from './rules/undocumented.ts';
import { treeOf } from './tree.ts';

describe('clockReads()', () => {
  test.each([
    ['Date.now()', 'Date.now'],
    ['function f(now = Date.now) {}', 'Date.now'],
    ['new Date()', 'new Date()'],
    ['Date()', 'Date()'],
    ['Math.random()', 'Math.random'],
    ['performance.now()', 'performance.now'],
    ['crypto.randomUUID()', 'randomUUID'],
    ["import { randomBytes as bytes } from 'node:crypto'", 'randomBytes'],
  ])('finds %s', (code, read) => {
    for (const path of ['shared/a.ts', 'functions/one/rules.ts']) {
      expect(clockReads(treeOf({ [path]: `\n${code};` }))).toEqual([
        { at: path, what: `reads ${read} (2) itself` },
      ]);
    }
  });

  test('lets the edges read them, and everybody make a date of a given time', () => {
    const tree = treeOf({
      'functions/one/handler.ts': 'Date.now();',
      'functions/one/config.ts': 'Math.random();',
      'cli/a.ts': 'new Date();',
      'infra/local/a.ts': 'performance.now();',
      'shared/a.ts':
        "new Date(0); Date.parse('2025-01-01'); // Date.now()\nconst text = 'Date.now()';",
    });
    expect(clockReads(tree)).toEqual([]);
  });
});

describe('evasions()', () => {
  test('finds any, marks of work put off, and checks switched off', () => {
    const code = [
      'export const a: any = 1;',
      'export const b = a as any[];',
      '// TODO: later',
      '/* FIXME */',
      '// @ts-expect-error',
      '// biome-ignore lint: none',
      "export const text = 'TODO any @ts-ignore';",
      'export const pattern = /biome-ignore/;',
      '// any company',
    ];
    const found = evasions(treeOf({ 'test/a.ts': code.join('\n') }));
    expect(found.map(({ what }) => what)).toEqual([
      'any (1)',
      'any (2)',
      'TODO (3)',
      'FIXME (4)',
      '@ts-expect-error (5)',
      'biome-ignore (6)',
    ]);
  });
});

describe('longFiles()', () => {
  test('finds a file of 401 lines, and none of 400', () => {
    const tree = treeOf({ 'cli/a.ts': ';\n'.repeat(400), 'test/b.ts': ';\n'.repeat(401) });
    expect(longFiles(tree)).toEqual([{ at: 'test/b.ts', what: 'has 401 lines' }]);
  });
});

describe('undocumented()', () => {
  test('finds what can be called and says nothing of itself', () => {
    const tree = treeOf({
      'shared/a.ts': `
        /** Says it. */
        export function said() {}
        export function silent() {}
        /* one star */
        export async function starred() {}
        // a line
        export const arrow = () => 1;
        export class Bare {}
        export const value = 1;
        /** Of the value before. */
        const inner = 1;
        export function after() {}`,
      'functions/one/b.ts': 'export function own() {}',
    });
    expect(undocumented(tree).map(({ at }) => at)).toEqual(
      ['silent', 'starred', 'arrow', 'Bare', 'after'].map((name) => `shared/a.ts#${name}`),
    );
  });
});

describe('describeBreaches()', () => {
  test('leaves out exceptions that are needed, and names those that are not', () => {
    const breaches = [
      { at: 'a.ts', what: 'is long' },
      { at: 'b.ts', what: 'is long' },
    ];
    expect(describeBreaches(breaches, { 'b.ts': 'it must be', 'c.ts': 'it was' })).toEqual([
      'a.ts: is long',
      'c.ts: needs no exception any more',
    ]);
  });
});
