import { QueryError } from '../errors.ts';
import { tokenize } from './tokens.ts';

/**
 * Puts the values of `ExecutionParameters` in the place of a statement's question marks. They are
 * literals as SQL writes them, `'web'` or `7`; each must be one value and nothing more.
 */
export function withParameters(sql: string, parameters: readonly string[]): string {
  if (parameters.length === 0) return sql;
  let used = 0;
  const text = tokenize(sql)
    .map((token) => {
      if (token.text !== '?') return token.text;
      const value = parameters[used];
      used += 1;
      return value === undefined ? '?' : literal(value);
    })
    .join('');
  if (used !== parameters.length) {
    throw new QueryError(
      'INVALID_PARAMETER_USAGE',
      `Incorrect number of parameters: expected ${used} but found ${parameters.length}`,
    );
  }
  return text;
}

function literal(value: string): string {
  const tokens = tokenize(value).filter(({ kind }) => kind !== 'space');
  const [first, second, third] = tokens;
  const isValue =
    (tokens.length === 1 && first && first.kind !== 'symbol') ||
    (tokens.length === 2 && first?.text === '-' && second?.kind === 'number') ||
    (tokens.length === 2 && first?.kind === 'word' && second?.kind === 'string' && !third);
  if (isValue) return value;
  throw new QueryError(
    'INVALID_PARAMETER_USAGE',
    `A parameter must be one literal: received ${value}`,
  );
}
