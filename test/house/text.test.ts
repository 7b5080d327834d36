import { describe, expect, test } from 'vitest';
import { brokenLinks } from './rules/broken-links.ts';
import { machineTraces } from './rules/machine-traces.ts';
import { treeOf } from './tree.ts';

describe('brokenLinks()', () => {
  test('finds links to files, folders and headings that are not there', () => {
    const tree = treeOf({
      'README.md': [
        '# Shop & stream',
        '[a](docs/a.md) [b](docs/b.md) ![picture](docs/p.png "title") [cli](cli/) [web](web)',
        '[own](#shop--stream) [none](#none) [site](https://example.com/x)',
      ].join('\n'),
      'docs/a.md': '[up](../README.md#shop--stream) [gone](../README.md#gone) [c](c/d.md)',
      'cli/start.ts': '',
    });
    expect(brokenLinks(tree).map(({ at, what }) => `${at} ${what}`)).toEqual([
      'README.md links to docs/b.md, which is not there',
      'README.md links to docs/p.png, which is not there',
      'README.md links to web, which is not there',
      'README.md links to #none, which is not there',
      'docs/a.md links to ../README.md#gone, which is not there',
      'docs/a.md links to c/d.md, which is not there',
    ]);
  });
});

describe('machineTraces()', () => {
  test.each([
    ['docs/a.md', 'see /home/somebody/shop', 'holds /home/somebody'],
    ['cli/a.ts', "read('/home/somebody/shop');", 'holds /home/somebody'],
    ['.npmrc', 'fetch=https://registry.example.com/', 'holds registry.example.com'],
    ['package-lock.json', '"resolved": "https://example.com/a.tgz"', 'holds "resolved": "http'],
    ['.ci/run', 'cd /home/somebody/shop', 'holds /home/somebody'],
  ])('finds in %s the text %s', (path, text, what) => {
    expect(machineTraces(treeOf({ [path]: text }))).toEqual([{ at: path, what }]);
  });

  test('lets paths below a folder, addresses and pictures be', () => {
    const tree = treeOf({
      'docs/a.md': 'docs/work/plan.md, https://example.com/home/page, ./root/file',
      'docs/a.png': '/home/somebody/shop',
    });
    expect(machineTraces(tree)).toEqual([]);
  });
});
