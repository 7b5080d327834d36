const shape = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * The token in what somebody pasted: lines that a terminal broke are joined, and the word before it
 * in a header is left out.
 *
 * @returns undefined where it is none, whatever it is good for.
 */
export function pastedToken(text: string): string | undefined {
  const token = text.replaceAll(/\s+/g, ' ').replace(/^ ?(authorization: ?)?bearer /i, '');
  const joined = token.replaceAll(/[\s"']/g, '');
  return shape.test(joined) ? joined : undefined;
}
