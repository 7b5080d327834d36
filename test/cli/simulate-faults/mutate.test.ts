import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { mutants } from '../../../cli/simulate-faults/mutants.ts';
import { applyPatch } from '../../../cli/simulate-faults/mutate.ts';
import { mutantsNamed } from '../../../cli/simulate-faults/try-mutants.ts';

const engine = path.join(import.meta.dirname, '..', '..', '..', 'shared', 'stream');

describe('applyPatch()', () => {
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    'takes %s out of the engine as it is',
    (_name, { by }) => {
      if (typeof by === 'string') return;
      const text = readFileSync(path.join(engine, by.file), 'utf8');
      expect(applyPatch(text, by)).not.toBe(text);
    },
  );

  it.each([
    ['is not there', 'let a = 1;', 'found 0 times: let b'],
    ['is there twice', 'let b; let b;', 'found 2 times: let b'],
  ])('refuses a text that %s', (_case, text, message) => {
    const patch = { file: 'a.ts', edits: [{ find: 'let b', replace: '' }] };
    expect(() => applyPatch(text, patch)).toThrow(message);
  });
});

describe('mutantsNamed()', () => {
  it('gives each by its name, all without one, and none by a wrong one', () => {
    expect(mutantsNamed(['seal']).map(({ name }) => name)).toEqual(['seal']);
    expect(mutantsNamed([])).toBe(mutants);
    expect(() => mutantsNamed(['seel'])).toThrow('received seel');
  });
});
