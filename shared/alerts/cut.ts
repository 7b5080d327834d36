/** The text, or its beginning where it is longer than that. */
export function cut(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  // Half of a pair is no character.
  return `${text.slice(0, lengthMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
