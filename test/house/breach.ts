/** One place where a house rule is broken. */
export interface Breach {
  /** What an exception would name: a file, `file#export`, or a package. */
  readonly at: string;
  readonly what: string;
}

/** Each place that may break a rule, with its reason. */
export type Exceptions = Readonly<Record<string, string>>;

/** The breaches as lines to read; an exception that nothing needs any more is a breach itself. */
export function describeBreaches(
  breaches: readonly Breach[],
  exceptions: Exceptions = {},
): readonly string[] {
  const needed = new Set(breaches.map(({ at }) => at));
  return [
    ...breaches.filter(({ at }) => !(at in exceptions)).map(({ at, what }) => `${at}: ${what}`),
    ...Object.keys(exceptions)
      .filter((at) => !needed.has(at))
      .map((at) => `${at}: needs no exception any more`),
  ];
}
