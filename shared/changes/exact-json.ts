/** `source` carries the digits as written (JSON.parse source text access, ES2026; Node 22 and up). */
type Reviver = (
  this: unknown,
  key: string,
  value: unknown,
  context: { readonly source?: string },
) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** A decimal of so many digits comes back from a double as it was (IEEE 754, `DBL_DIG`). */
const exactDigits = 15;

/**
 * `JSON.parse` that never rounds: a number of more than 15 digits that a double does not give back
 * as written becomes its text (`9007199254740993`, `19.900000000000000001`). All other numbers are
 * parsed as usual, and are the nearest double to the decimal that was written.
 *
 * @throws SyntaxError on malformed JSON.
 */
export function parseExactJson(text: string): unknown {
  if (!hasLongNumber(text)) return JSON.parse(text);
  return parseWithSource(text, (_key, value, { source }) =>
    typeof value === 'number' &&
    source !== undefined &&
    source.length > exactDigits &&
    String(value) !== source
      ? source
      : value,
  );
}

const stride = exactDigits + 1;
const half = stride / 2;

/**
 * Whether a run of digits and points, longer than a double holds, stands where a number may. Looks
 * at every sixteenth character: no such run fits in between, and on one side it has eight more.
 */
function hasLongNumber(text: string): boolean {
  for (let at = exactDigits; at < text.length; at += stride) {
    if (
      !isDigitOrPoint(text.charCodeAt(at)) ||
      (!isDigitOrPoint(text.charCodeAt(at - half)) && !isDigitOrPoint(text.charCodeAt(at + half)))
    ) {
      continue;
    }
    let from = at;
    while (isDigitOrPoint(text.charCodeAt(from - 1))) from -= 1;
    let to = at + 1;
    while (isDigitOrPoint(text.charCodeAt(to))) to += 1;
    if (to - from > exactDigits && mayPrecedeNumber(text, from - 1)) return true;
    at = to;
  }
  return false;
}

function isDigitOrPoint(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2e;
}

/** Digits in a text mostly follow its quote or another character. */
function mayPrecedeNumber(text: string, at: number): boolean {
  const before = text[at] === '-' ? at - 1 : at;
  return before < 0 || ' \t\r\n:,['.includes(text.charAt(before));
}
