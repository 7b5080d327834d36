import { notSupported } from '../errors.ts';
import { functions, knownTargets } from './functions.ts';
import { nextSolid, previousSolid, sqlOf, type Token, tokenize } from './tokens.ts';

/** Words and symbols that only DuckDB understands: a query with them would fail on AWS. */
const foreignWords = new Set([
  'asof',
  'exclude',
  'ilike',
  'match_recognize',
  'pivot',
  'positional',
  'qualify',
  'rlike',
  'summarize',
  'unpivot',
]);
const foreignSymbols = new Set(['::', '//', '**', '{', '}', '$', '#', '^', '~', '&', '!']);

/**
 * Prepares Trino SQL for the translator, token by token, so that nothing inside strings or quoted
 * names is ever touched: exchanges function names, spells typed literals as casts, refuses what is
 * not Trino.
 *
 * @throws QueryError NOT_SUPPORTED, naming the construct.
 */
export function rewriteTokens(sql: string): string {
  const tokens = tokenize(sql);
  const output: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (!token) break;
    const following = nextSolid(tokens, at + 1);
    const next = tokens[following];
    if (token.kind === 'symbol') checkSymbol(tokens, at, token);
    if (token.kind !== 'word') {
      output.push(token);
      continue;
    }
    const word = token.text.toLowerCase();
    const literal = next?.kind === 'string' ? typedLiteral(word, next.text) : undefined;
    if (literal !== undefined) {
      output.push({ kind: 'symbol', text: literal });
      at = following;
      continue;
    }
    if (foreignWords.has(word)) throw notSupported(word.toUpperCase());
    if (word === 'from' && /^\(?$/.test(previousSolid(tokens, at)?.text ?? '')) {
      throw notSupported('A query that begins with FROM');
    }
    if (word === 'limit' && next?.text.toLowerCase() === 'all') {
      at = following;
      continue;
    }
    const isCall = next?.text === '(' && previousSolid(tokens, at)?.text !== '.';
    // FILTER behind an aggregate is a clause, everywhere else a function.
    const isClause = word === 'filter' && previousSolid(tokens, at)?.text === ')';
    output.push(isCall && !isClause ? { kind: 'word', text: targetOf(word, token.text) } : token);
  }
  return sqlOf(output);
}

function targetOf(word: string, text: string): string {
  const target = functions[word];
  if (target === undefined) {
    if (knownTargets.has(word) || word.startsWith('trino_')) throw unknownFunction(word);
    return text;
  }
  return target || text;
}

export function unknownFunction(name: string): Error {
  return notSupported(`Function ${name.toLowerCase()}`);
}

function checkSymbol(tokens: readonly Token[], at: number, token: Token): void {
  if (foreignSymbols.has(token.text)) throw notSupported(`Symbol ${token.text}`);
  if (token.text !== '[') return;
  const before = previousSolid(tokens, at);
  const isSubscript = before && (before.kind !== 'symbol' || [')', ']'].includes(before.text));
  const isKeyword =
    before?.kind === 'word' && /^(select|in|then|else|when|and|or|by)$/i.test(before.text);
  if (!isSubscript || isKeyword) throw notSupported('An array written without ARRAY');
}

function typedLiteral(word: string, text: string): string | undefined {
  switch (word) {
    case 'double':
    case 'real':
    case 'bigint':
    case 'integer':
    case 'smallint':
    case 'tinyint':
    case 'varchar':
      return `CAST(${text} AS ${word.toUpperCase()})`;
    case 'decimal': {
      const [whole = '', fraction = ''] = text.replace(/['+-]/g, '').split('.');
      const precision = Math.max(1, whole.length + fraction.length);
      return `CAST(${text} AS DECIMAL(${precision}, ${fraction.length}))`;
    }
    case 'timestamp': {
      const isZoned = /\d\s*([A-Za-z_]+(\/[A-Za-z_]+)*|[+-]\d\d:\d\d)'$/.test(text);
      return isZoned ? `CAST(${text} AS TIMESTAMP WITH TIME ZONE)` : undefined;
    }
    case 'json':
      return `trino_json_parse(${text})`;
    case 'u':
      throw notSupported('A Unicode string literal');
    default:
      return undefined;
  }
}
