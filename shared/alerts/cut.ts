/** The text, or its beginning where it is longer than that. */
export function cut(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  // Half of a pair is no character.
  return `${text.slice(0, lengthMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The parts in one text, without those that it has no room for: a link is whole or not there. */
export function joinWithin(parts: readonly string[], between: string, lengthMax: number): string {
  return parts.reduce((text, part) => {
    const longer = text === '' ? part : `${text}${between}${part}`;
    return longer.length <= lengthMax ? longer : text;
  }, '');
}
