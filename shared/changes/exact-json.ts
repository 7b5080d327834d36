/** `source` carries the digits as written (JSON.parse source text access, ES2026; Node 22 and up). */
type Reviver = (
  this: unknown,
  key: string,
  value: unknown,
  context: { readonly source?: string },
) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;

const mayLoseDigits = /[0-9]{16}|[0-9]\.[0-9]|[0-9][eE]/;

/**
 * `JSON.parse` that never rounds: a number whose digits a double does not give back as written
 * becomes its text (`19.90`, `9007199254740993`, `1E+3`), everything else is parsed as usual.
 *
 * @throws SyntaxError on malformed JSON.
 */
export function parseExactJson(text: string): unknown {
  if (!mayLoseDigits.test(text)) return JSON.parse(text);
  return parseWithSource(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? source : value,
  );
}
