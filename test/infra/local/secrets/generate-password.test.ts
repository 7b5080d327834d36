import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  generatePassword,
  passwordRules,
} from '../../../../infra/local/secrets/generate-password.ts';

const random = (below: number) => randomInt(below);
const kinds = {
  ExcludeLowercase: /[a-z]/,
  ExcludeUppercase: /[A-Z]/,
  ExcludeNumbers: /[0-9]/,
  ExcludePunctuation: /[^a-zA-Z0-9 ]/,
};

it('generatePassword() has the length asked for, every kind included and none excluded', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 5, max: 200 }),
      fc.record({
        ExcludeLowercase: fc.boolean(),
        ExcludeUppercase: fc.boolean(),
        ExcludeNumbers: fc.boolean(),
        ExcludePunctuation: fc.boolean(),
        IncludeSpace: fc.boolean(),
      }),
      (PasswordLength, flags) => {
        fc.pre(flags.IncludeSpace || Object.values(flags).slice(0, 4).includes(false));
        const rules = passwordRules.parse({ PasswordLength, ...flags });
        const password = generatePassword(rules, random);
        expect(password).toHaveLength(PasswordLength);
        for (const [flag, kind] of Object.entries(kinds)) {
          expect(kind.test(password)).toBe(!flags[flag as keyof typeof kinds]);
        }
        expect(password.includes(' ')).toBe(flags.IncludeSpace);
      },
    ),
  );
});

it('generatePassword() leaves out single characters, and takes flags as a template writes them', () => {
  const rules = passwordRules.parse({
    PasswordLength: '400',
    ExcludeCharacters: 'abcDEF"@/\\',
    ExcludePunctuation: 'false',
  });
  const password = generatePassword(rules, random);
  expect(password).toHaveLength(400);
  expect(password).not.toMatch(/[abcDEF"@/\\]/);
});

it('generatePassword() differs each time, also in where the kinds stand', () => {
  const rules = passwordRules.parse({ PasswordLength: 8 });
  const passwords = Array.from({ length: 50 }, () => generatePassword(rules, random));
  expect(new Set(passwords).size).toBe(50);
  expect(passwords.some((password) => !/^[a-z]/.test(password))).toBe(true);
});

it.each([
  {
    ExcludeLowercase: true,
    ExcludeUppercase: true,
    ExcludeNumbers: true,
    ExcludePunctuation: true,
  },
  { PasswordLength: 3 },
])('generatePassword() refuses %j, which leaves no password', (rules) => {
  expect(() => generatePassword(passwordRules.parse(rules), random)).toThrow(
    /^Cannot generate password/,
  );
});
