/** What is said of one window: numbers by name. */
export type Figures = Readonly<Record<string, number>>;

/** Numbers of one part of a window, named after it; null counts as nothing. */
export function figuresOf(
  part: string,
  values: Readonly<Record<string, number | null | undefined>>,
): Figures {
  const prefix = part === '' ? '' : `${part} `;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value ?? 0]),
  );
}

/** The same of many parts. */
export function figuresOfAll<Part>(
  parts: readonly Part[],
  nameOf: (part: Part, index: number) => string,
  valuesOf: (part: Part) => Readonly<Record<string, number | null | undefined>>,
): Figures {
  return Object.assign(
    {},
    ...parts.map((part, index) => figuresOf(nameOf(part, index), valuesOf(part))),
  );
}

/** What two say differently, in words; undefined where they agree. What one does not name is 0. */
export function differenceOf(told: Figures, there: Figures): string | undefined {
  const names = [...new Set([...Object.keys(there), ...Object.keys(told)])];
  const wrong = names.filter((name) => (told[name] ?? 0) !== (there[name] ?? 0));
  if (wrong.length === 0) return undefined;
  const words = wrong.map((name) => `${name} ${told[name] ?? 0}, the lake has ${there[name] ?? 0}`);
  const more = words.length > 3 ? [`${words.length - 3} more`] : [];
  return [...words.slice(0, 3), ...more].join('; ');
}
