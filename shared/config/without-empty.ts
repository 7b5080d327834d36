/** Environment variables that say something: one set to nothing is as good as missing. */
export function withoutEmpty(
  source: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value?.trim() !== ''));
}
