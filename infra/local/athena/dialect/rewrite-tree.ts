import { notSupported } from '../errors.ts';
import { duckDbTimeFormat } from './time-formats.ts';
import { expression, type Fields, isFields, nodeOf, type Tree } from './tree.ts';

/** Marks a column that Trino numbers `_colN` by its place, where the place is known only with the result. */
export const unplacedColumn = '_col?';

/**
 * Spells out, in an already checked statement, what the engines compute differently although it is
 * written alike: division and averages of decimals, casts, dates with intervals, names of columns.
 */
export function rewriteNode(fields: Fields): Tree {
  const node = nodeOf(fields);
  if (!node) return fields;
  const { kind, data } = node;
  const left = data['left'] ?? null;
  const right = data['right'] ?? null;
  switch (kind) {
    case 'div':
      return expression('trino_divide(_1, _2)', left, right);
    case 'add':
    case 'sub': {
      const isOfTime = [left, right].some((side) => nodeOf(side)?.kind === 'interval');
      if (!isOfTime) return fields;
      return expression(kind === 'add' ? 'trino_plus(_1, _2)' : 'trino_minus(_1, _2)', left, right);
    }
    case 'function':
      return ofTimeFormat(data) ? withTimeFormat(data) : fields;
    case 'cast':
    case 'try_cast':
      return cast(kind, data);
    case 'select':
      return { select: { ...data, expressions: nameColumns(data['expressions'] ?? []) } };
    default:
      return fields;
  }
}

/**
 * Trino's average of decimals is a decimal of the same scale, of anything else a double. The type is
 * taken from an aggregate that sees no row: the median of a decimal is a decimal, of integers a double.
 */
export function rewriteAverages(tree: Tree): Tree {
  if (Array.isArray(tree)) return tree.map(rewriteAverages);
  if (!isFields(tree)) return tree;
  const members = (fields: Fields): Fields =>
    Object.fromEntries(
      Object.entries(fields).map(([name, member]) => [name, rewriteAverages(member)]),
    );
  const node = nodeOf(tree);
  if (node?.kind === 'avg') return average(members(node.data), (aggregate) => aggregate);
  const inWindow = node?.kind === 'window_function' ? nodeOf(node.data['this']) : undefined;
  if (node && inWindow?.kind === 'avg') {
    const window = members({ ...node.data, this: null });
    return average(members(inWindow.data), (aggregate) => ({
      window_function: { ...window, this: aggregate },
    }));
  }
  return members(tree);
}

function average(avg: Fields, inWindow: (aggregate: Tree) => Tree): Tree {
  const { this: averaged = null, distinct = false, filter = null } = avg;
  return expression(
    "CASE WHEN typeof(_1) LIKE 'DECIMAL%' THEN cast_to_type(_1 / _2 * (1 + 1e-15), _3) ELSE cast_to_type(_4, _3) END",
    inWindow({ sum: { ...avg, name: 'sum' } }),
    inWindow({ count: { this: averaged, star: false, distinct, filter, original_name: 'count' } }),
    inWindow(expression('quantile_cont(_1, 0.5) FILTER (WHERE false)', averaged)),
    inWindow({ aggregate_function: { name: 'mean', args: [averaged], distinct, filter } }),
  );
}

function ofTimeFormat({ name }: Fields): boolean {
  return name === 'trino_date_format' || name === 'trino_date_parse';
}

/** Formats are translated here, so they must be known: a literal, not a column. */
function withTimeFormat(data: Fields): Tree {
  const [time = null, format = null] = Array.isArray(data['args']) ? data['args'] : [];
  const literal = nodeOf(format);
  const text = literal?.kind === 'literal' ? literal.data['value'] : undefined;
  if (literal === undefined || typeof text !== 'string') {
    throw notSupported('A format of dates that is not a literal');
  }
  const translated = { literal: { ...literal.data, value: duckDbTimeFormat(text) } };
  return { function: { ...data, args: [time, translated] } };
}

const integers = new Set([
  'tinyint',
  'small_int',
  'int',
  'big_int',
  'integer',
  'smallint',
  'bigint',
]);

/** Trino rounds to integers half away from zero, and writes timestamps with milliseconds. */
function cast(kind: string, data: Fields): Tree {
  const type = isFields(data['to']) ? String(data['to']['data_type']) : '';
  const macro = integers.has(type)
    ? 'trino_to_integer(_1)'
    : ['var_char', 'text', 'varchar'].includes(type)
      ? 'trino_to_varchar(_1)'
      : undefined;
  if (macro === undefined) return { [kind]: data };
  return { [kind]: { ...data, this: expression(macro, data['this'] ?? null) } };
}

/** Trino calls a column without a name `_col` and its place, from 0. */
function nameColumns(expressions: Tree): Tree {
  if (!Array.isArray(expressions)) return expressions;
  let starred = false;
  return expressions.map((column, place) => {
    const kind = nodeOf(column)?.kind ?? '';
    if (kind === 'star') starred = true;
    if (['star', 'alias', 'column', 'dot'].includes(kind)) return column;
    const name = starred ? `${unplacedColumn}${place}` : `_col${place}`;
    return {
      alias: {
        this: column,
        alias: { name, quoted: true, trailing_comments: [] },
        column_aliases: [],
        alias_explicit_as: true,
        pre_alias_comments: [],
        trailing_comments: [],
      },
    };
  });
}
