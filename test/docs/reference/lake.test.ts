import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { insightViews } from '../../../shared/lake/insight-views.ts';

const page = path.join(import.meta.dirname, '../../../docs/reference/lake.md');
const common = ['id', 'job', 'revision', 'window_start', 'window_end', 'place', 'day'];

test('the page of the lake has every view of insights with its columns', () => {
  const text = readFileSync(page, 'utf8');
  const start = text.indexOf('| view |');
  const end = text.indexOf('\n\n', start);
  expect(text.slice(start, end).split('\n')).toEqual([
    '| view | a row is | columns beside those |',
    '|---|---|---|',
    ...insightViews.map(({ name, title, columns }) => {
      const own = columns.filter((column) => !common.includes(column.name));
      return `| \`${name}\` | ${title} | ${own.map((column) => column.name).join(', ')} |`;
    }),
  ]);
});
