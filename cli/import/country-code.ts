/** ISO 3166 keeps it for those who need a code for "not known". */
export const unknownCountry = 'ZZ';

/** How files call countries that the Unicode names call otherwise. */
const otherNames: Readonly<Record<string, string>> = {
  eire: 'IE',
  uk: 'GB',
  'great britain': 'GB',
  usa: 'US',
  'united states of america': 'US',
  rsa: 'ZA',
  'czech republic': 'CZ',
  'european community': 'EU',
  'channel islands': 'JE',
  'south korea': 'KR',
  korea: 'KR',
  turkey: 'TR',
  'hong kong': 'HK',
  macau: 'MO',
  macao: 'MO',
};

let names: ReadonlyMap<string, string> | undefined;

/** The code of two letters of a country, by its English name or its code; undefined for no country. */
export function countryCode(text: string): string | undefined {
  names ??= englishNames();
  return names.get(text.trim().toLowerCase());
}

function englishNames(): ReadonlyMap<string, string> {
  const english = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  const known = new Map<string, string>();
  for (const code of codes) {
    const name = code === unknownCountry ? undefined : english.of(code);
    // A code of the past stands for the one in use.
    const [inUse] = Intl.getCanonicalLocales(`und-${code}`);
    if (name === undefined || inUse !== `und-${code}`) continue;
    known.set(code.toLowerCase(), code);
    known.set(name.replace(/ \(.*\)$/, '').toLowerCase(), code);
  }
  for (const [name, code] of Object.entries(otherNames)) known.set(name, code);
  return known;
}
