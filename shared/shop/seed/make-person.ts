import type { Random } from '../../random/random.ts';
import countries from './countries.json' with { type: 'json' };

/** A made-up person whose name, street and telephone fit the country. */
export interface MadePerson {
  readonly firstName: string;
  readonly lastName: string;
  /** `ana.araujo`: what stands before a number and the domain in an address of e-mail. */
  readonly mailbox: string;
  readonly phone: string;
  readonly address: string;
  /** ISO 3166, two letters. */
  readonly country: string;
}

type Country = (typeof countries)[number];

const drawn: readonly Country[] = countries.flatMap((country) =>
  Array.from({ length: country.weight }, () => country),
);

/** Makes up a person; most live where the shop is at home. */
export function makePerson(random: Random): MadePerson {
  const country = random.pick(drawn);
  const [firstName, lastName] = [random.pick(country.firstNames), random.pick(country.lastNames)];
  const parts: Readonly<Record<string, string>> = {
    street: random.pick(country.streets),
    number: String(random.integer(1, 400)),
    postcode: digits(random, country.postcode),
    city: random.pick(country.cities),
  };
  return {
    firstName,
    lastName,
    mailbox: `${asciiWord(firstName)}.${asciiWord(lastName)}`,
    phone: `+${country.dialCode} ${digits(random, country.phone)}`,
    address: country.address.replaceAll(/\{(\w+)\}/g, (_, part: string) => parts[part] ?? ''),
    country: country.code,
  };
}

/** Names of sellers that families of these countries might give their shops, each once. */
export const sellerNames: readonly { readonly name: string; readonly country: string }[] =
  interleave(
    countries.map(({ code, lastNames, sellerForms }) =>
      sellerForms.flatMap((form) =>
        lastNames.map((family) => ({ name: form.replace('{name}', family), country: code })),
      ),
    ),
  ).filter(({ name }, place, all) => all.findIndex((other) => other.name === name) === place);

function interleave<Item>(lists: readonly (readonly Item[])[]): readonly Item[] {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, place) =>
    lists.flatMap((list) => list.slice(place, place + 1)),
  ).flat();
}

function digits(random: Random, pattern: string): string {
  return pattern.replaceAll('#', () => String(random.integer(0, 9)));
}

function asciiWord(name: string): string {
  return name
    .replaceAll('ı', 'i')
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase();
}
