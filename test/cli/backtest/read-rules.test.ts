import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRules } from '../../../cli/backtest/read-rules.ts';
import { settings } from '../../../shared/config/settings.ts';

const rule = (name: string, reads = 'order_total_cents') => `{
  name: '${name}', version: 1, severity: 'info', mode: 'shadow', on: ['order'], title: 'A rule',
  entity: 'order', windowMs: 1000, reads: ['${reads}'], parameters: {},
  when: () => true, reason: () => 'so it is',
}`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rules-'));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function read(text: string) {
  files += 1;
  const file = path.join(folder, `rules-${files}.ts`);
  await writeFile(file, text);
  const rules = await readRules(file, settings({ HIGH_ORDER_VALUE_CENTS: '777' }));
  return rules.map(({ name, parameters }) => ({ name, parameters }));
}

describe('readRules()', () => {
  it('takes rules, lists of them, and functions of the settings', async () => {
    const names = await read(`
      export const one = ${rule('one')};
      export const several = [${rule('two')}, ${rule('three')}];
      export function four(settings: { highOrderValueCents: number }) {
        return { ...${rule('four')}, parameters: { cents: settings.highOrderValueCents } };
      }
      export const bound = 7;`);
    expect(names.map(({ name }) => name).sort()).toEqual(['four', 'one', 'three', 'two']);
    expect(names.find(({ name }) => name === 'four')?.parameters).toEqual({ cents: 777 });
  });

  it('says what is wrong with a file', async () => {
    await expect(read('export const bound = 7;')).rejects.toThrow('the file exports none');
    await expect(read(`export default ${rule('a', 'order_totl_cents')};`)).rejects.toThrow(
      'order_total_cents',
    );
    await expect(read(`export default [${rule('a')}, ${rule('a')}];`)).rejects.toThrow(
      'two have the name a',
    );
    await expect(readRules(path.join(folder, 'none.ts'), settings({}))).rejects.toThrow(
      'Cannot read rules: ',
    );
  });
});
