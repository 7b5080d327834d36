import { QueryError } from '../errors.ts';

/** A piece of SQL text. `space` covers comments; `word` is an unquoted identifier or keyword. */
export interface Token {
  readonly kind: 'space' | 'string' | 'quoted' | 'word' | 'number' | 'symbol';
  readonly text: string;
}

const patterns: readonly (readonly [Token['kind'], RegExp])[] = [
  ['space', /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)+/y],
  ['string', /'(?:[^']|'')*'/y],
  ['quoted', /"(?:[^"]|"")*"|`[^`]*`/y],
  ['number', /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['word', /[A-Za-z_][A-Za-z0-9_$]*/y],
  ['symbol', /->|<>|<=|>=|!=|\|\||::|\/\/|\*\*|[^\s]/y],
];

/**
 * Cuts Trino SQL into tokens whose texts together are the SQL again.
 *
 * @throws QueryError SYNTAX_ERROR for a string, quoted name or comment that does not end.
 */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < sql.length; ) {
    let found: Token | undefined;
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = at;
      const text = pattern.exec(sql)?.[0];
      if (text === undefined) continue;
      found = { kind, text };
      break;
    }
    if (
      !found ||
      (found.kind === 'symbol' && /['"`]/.test(found.text)) ||
      (sql.startsWith('/*', at) && !found.text.includes('*/'))
    ) {
      throw new QueryError(
        'SYNTAX_ERROR',
        `a string, quoted name or comment does not end: received ${JSON.stringify(sql.slice(at, at + 40))}`,
      );
    }
    tokens.push(found);
    at += found.text.length;
  }
  return tokens;
}

/** The SQL of tokens, without comments. */
export function sqlOf(tokens: readonly Token[]): string {
  return tokens.map(({ kind, text }) => (kind === 'space' ? ' ' : text)).join('');
}

/** Index of the next token at or after `from` that is not space, or the number of tokens. */
export function nextSolid(tokens: readonly Token[], from: number): number {
  let at = from;
  while (tokens[at]?.kind === 'space') at += 1;
  return at;
}

/** The last token before `before` that is not space. */
export function previousSolid(tokens: readonly Token[], before: number): Token | undefined {
  let at = before - 1;
  while (tokens[at]?.kind === 'space') at -= 1;
  return tokens[at];
}
