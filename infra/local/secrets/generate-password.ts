import { z } from 'zod';

const flag = z.union([z.boolean(), z.stringbool()]).default(false);

/** `GenerateSecretString` of CloudFormation, with its defaults. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html */
export const passwordRules = z.object({
  PasswordLength: z.coerce.number().int().min(1).max(4096).default(32),
  ExcludeCharacters: z.string().default(''),
  ExcludeLowercase: flag,
  ExcludeUppercase: flag,
  ExcludeNumbers: flag,
  ExcludePunctuation: flag,
  IncludeSpace: flag,
  RequireEachIncludedType: z.union([z.boolean(), z.stringbool()]).default(true),
});
export type PasswordRules = z.infer<typeof passwordRules>;

/** Gives an integer from 0 up to, not including, its argument. */
export type RandomInteger = (below: number) => number;

/** @throws RangeError where the rules leave no password of that length. */
export function generatePassword(rules: PasswordRules, random: RandomInteger): string {
  const sets = characterSets(rules);
  const all = sets.join('');
  const required = rules.RequireEachIncludedType ? sets : [];
  if (all === '' || required.length > rules.PasswordLength) {
    throw new RangeError(
      `Cannot generate password: the rules leave no character, or are more kinds than characters: received length ${rules.PasswordLength} and ${sets.length} kinds`,
    );
  }
  const characters = required.map((set) => pick(set, random));
  while (characters.length < rules.PasswordLength) characters.push(pick(all, random));
  return shuffled(characters, random).join('');
}

function characterSets(rules: PasswordRules): readonly string[] {
  const sets = [
    rules.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    rules.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    rules.ExcludeNumbers ? '' : '0123456789',
    rules.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    rules.IncludeSpace ? ' ' : '',
  ];
  return sets
    .map((set) => [...set].filter((each) => !rules.ExcludeCharacters.includes(each)).join(''))
    .filter((set) => set !== '');
}

function pick(set: string, random: RandomInteger): string {
  return set.charAt(random(set.length));
}

/** Fisher–Yates, so that the required kinds do not come first. */
function shuffled(characters: readonly string[], random: RandomInteger): readonly string[] {
  const order = [...characters];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random(last + 1);
    const [one = '', two = ''] = [order[last], order[other]];
    order[last] = two;
    order[other] = one;
  }
  return order;
}
